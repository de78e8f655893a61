// Records events and ends by itself, or stays until its input ends and then flushes as an application does at its shutdown.
// node durable-process.mjs <url> <folder> <client> <events> <ends|stays>
import { once } from 'node:events';
import { pause } from '../support/meter.mjs';

const EVERY_MS = 5;

const [url, folder, module, events, how] = process.argv.slice(2);
const { start } = await import(`../clients/${module}.mjs`);
const client = await start({ url, folder, settings: {} });
for (let n = 0; n < Number(events); n++) {
  client.track('visitor-1', n);
  await pause(EVERY_MS);
}
process.stdout.write('recorded\n');
if (how === 'stays') {
  process.stdin.resume();
  await once(process.stdin, 'end');
  await client.flush();
  await client.close?.();
  process.exit();
}
