import { setMaxListeners } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SettingsError } from '../settings.js';
import { run } from './run.js';
import { readStartSettings } from './settings.js';

/** `npm start`: the shop, the inspector and visitors, until Ctrl-C. */
async function main(): Promise<void> {
  // Ctrl-C comes more than once: from the terminal to the whole group, and again from npm.
  const stop = new AbortController();
  // Every visitor listens to it.
  setMaxListeners(0, stop.signal);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());

  const settings = readStartSettings(process.env);
  const folder = await mkdtemp(join(tmpdir(), 'countly-shop-'));
  const log = createWriteStream(join(folder, 'log.txt'));
  const outcome = await run({ settings, env: process.env, folder, log, stop: stop.signal, say: console.log });
  await new Promise((resolve) => log.end(resolve));
  if (outcome === 'unclean') console.log(`What happened is in ${join(folder, 'log.txt')}.`);
  else await rm(folder, { recursive: true, force: true });
  process.exit(outcome === 'failed' ? 1 : 0);
}

main().catch((error: unknown) => {
  console.error(error instanceof SettingsError ? error.message : error);
  process.exit(1);
});
