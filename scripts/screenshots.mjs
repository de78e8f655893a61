// Pictures of the inspector for README and docs: the sample shop's own traffic, looked at in a real browser.
//
//   npm run screenshots                    writes the pictures of docs/images
//   npm run screenshots -- --all <folder>  every panel, light, dark and on a phone, to look at
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DESK = { width: 1280, height: 800 };
const PHONE = { width: 400, height: 800 };
const FUNNEL = 'funnel?steps=view:Home%0Aview:Product%0Aevent:cart_item_added%0Aevent:checkout';

const PICTURES = [
  { name: 'inspector-overview', place: 'overview?window=1m', size: DESK },
  {
    name: 'inspector-person',
    place: 'people/visitor-1',
    size: DESK,
    scheme: 'dark',
    scrollTo: 'What happened',
  },
  { name: 'inspector-live', place: 'stream?open=event/{checkout}', size: DESK },
];
const PLACES = [
  'overview',
  'stream',
  'code',
  'people',
  'people/visitor-1',
  'events',
  'events/checkout',
  'views',
  'sessions',
  FUNNEL,
  'traces',
  'traces/load_product',
  'errors',
  'requests?open=request/20',
  'stream?open=error/1',
  'code/1',
  'problems',
  'plan',
  'try',
  'search?q=cart',
];

const all = process.argv[2] === '--all';
const folder = all ? (process.argv[3] ?? '.test-out') : join(ROOT, 'docs/images');
const pictures = all ? PLACES.flatMap(everyWay) : PICTURES;

mkdirSync(folder, { recursive: true });
const shop = spawn(process.execPath, [join(ROOT, 'sample-app/dist/start/main.js')], {
  env: { ...process.env, SHOP_PORT: '0', INSPECTOR_PORT: '0', TRAFFIC_VISITORS: '40', TRAFFIC_SECONDS: '20' },
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  const inspector = await says(/Inspector\s+(http\S+)/);
  await says(/(Running)/);
  await take(inspector);
} finally {
  shop.kill('SIGTERM');
}

async function take(inspector) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  });
  const checkout = await newest(inspector, 'checkout');
  for (const { name, place, size, scheme = 'light', scrollTo } of pictures) {
    const page = await browser.newPage({ viewport: size, colorScheme: scheme, reducedMotion: 'reduce' });
    await page.goto(`${inspector}/#${place.replace('{checkout}', checkout)}`);
    await page.locator('[data-testid="connection"][data-state="live"]').waitFor();
    await page.waitForLoadState('load');
    // Charts are drawn and lists filled a moment after the answers are there.
    await page.waitForTimeout(1500);
    if (scrollTo !== undefined)
      await page.getByRole('heading', { name: scrollTo }).evaluate((one) => one.scrollIntoView());
    await page.screenshot({ path: join(folder, `${name}.png`) });
    await page.close();
  }
  await browser.close();
}

async function newest(inspector, key) {
  const { events } = await (await fetch(`${inspector}/api/events?key=${key}&limit=1`)).json();
  return events[0].id;
}

function everyWay(place) {
  const name = place.replace(/[^a-z0-9]+/gi, '-').slice(0, 40);
  return [
    { name: `${name}-light`, place, size: DESK },
    { name: `${name}-dark`, place, size: DESK, scheme: 'dark' },
    { name: `${name}-phone`, place, size: PHONE },
  ];
}

/** Waits until the shop says it, and returns the first group. */
function says(pattern) {
  return new Promise((resolve, reject) => {
    let text = says.before ?? '';
    const look = () => {
      const found = pattern.exec(text);
      if (found !== null) resolve(found[1]);
      return found !== null;
    };
    if (look()) return;
    shop.stdout.on('data', (chunk) => {
      text += chunk;
      says.before = text;
      look();
    });
    shop.once('exit', (code) => reject(new Error(`the shop ended with ${code}: ${text}`)));
  });
}
