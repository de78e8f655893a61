import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { DeliveryMode } from '../../lib/index.js';
import { compare, USUAL_PATIENCE } from './comparison.js';
import { ReadApi } from './read-api.js';
import { consent } from './scenarios/consent.js';
import { crashes } from './scenarios/crashes.js';
import { events } from './scenarios/events.js';
import { merge } from './scenarios/merge.js';
import { paid } from './scenarios/paid.js';
import { ratings } from './scenarios/ratings.js';
import { sessions } from './scenarios/sessions.js';
import { views } from './scenarios/views.js';
import { type LiveSettings, readSettings } from './settings.js';
import { tableOf } from './table.js';
import { type Library, sendTraffic } from './traffic.js';

const SCENARIOS = [events, sessions, views, crashes, consent, merge, ratings, paid];

/** Compares what the client sends with what a live server counts: `npm run test:live`. */
async function main(): Promise<number> {
  const start = readSettings(process.env);
  if (start.is !== 'ready') {
    console.log(start.message);
    return start.is === 'missing' ? 0 : 1;
  }
  execFileSync('npm', ['run', 'build:lib', '--silent'], { stdio: 'inherit', shell: process.platform === 'win32' });
  const library = (await import(pathToFileURL(resolve('dist/index.js')).href)) as Library;
  const api = await ReadApi.open(start.settings);
  let right = true;
  for (const delivery of ['single', 'auto'] as const)
    right = (await compared(library, start.settings, api, delivery)) && right;
  return right ? 0 : 1;
}

async function compared(
  library: Library,
  settings: LiveSettings,
  api: ReadApi,
  delivery: DeliveryMode,
): Promise<boolean> {
  const { baselines, requests } = await sendTraffic({ library, settings, api, delivery, scenarios: SCENARIOS });
  const facts = await compare(baselines, USUAL_PATIENCE, wait);
  const paths = [...requests].map(([path, count]) => `${count} to ${path}`).join(', ');
  console.log(`\ndelivery: ${delivery} – requests: ${paths}\n\n${tableOf(facts)}`);
  const wrong = facts.filter(({ ok }) => !ok).length;
  console.log(wrong === 0 ? `\n${facts.length} figures are as sent.` : `\n${wrong} of ${facts.length} figures differ.`);
  return wrong === 0;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  },
);
