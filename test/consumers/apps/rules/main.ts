import { recorded } from './app.js';

void recorded().then((outcome) => process.stdout.write(JSON.stringify(outcome)));
