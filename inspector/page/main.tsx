import { render } from 'preact';
import { watchKeys } from './lib/keyboard.js';
import { listen } from './lib/live.js';
import { watchAddress } from './lib/route.js';
import { watchTheme } from './lib/theme.js';
import { Page } from './shell/page.js';

watchTheme();
watchAddress();
watchKeys();
const host = document.getElementById('page');
if (host !== null) render(<Page />, host);
listen();
