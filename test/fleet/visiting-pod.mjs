// A process of a fleet that serves what it is told, one command a line: [device, method, ...arguments]. Each is answered with a line
// when it was served. Plain JavaScript over the built package, because this is the process an application would run.

import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Countly } from 'countly-weave';
import { redisFleet } from 'countly-weave/redis';

const [options, fleet] = process.argv.slice(2);
const countly = new Countly({
  deviceId: 'host',
  flushInterval: 100,
  serverSettings: false,
  healthCheck: false,
  requireConsent: true,
  ...JSON.parse(options),
  fleet: redisFleet(JSON.parse(fleet)),
});
let served = 0;
createInterface({ input: process.stdin }).on('line', (line) => {
  const [device, method, ...args] = JSON.parse(line);
  const scope = countly.device(device);
  const at = Date.now();
  if (method === 'changeId') countly.run(scope, () => countly.current().changeId(...args));
  else scope[method](...args);
  writeSync(1, `served ${++served} at ${at}\n`);
});

// Asked after its input is read: a client keeps no process alive.
await countly.fleet.status();
writeSync(1, 'ready\n');

process.once('SIGTERM', async () => {
  const { pending } = await countly.close({ timeout: 10_000 });
  writeSync(1, `pending ${pending}\n`);
  process.exit(0);
});
