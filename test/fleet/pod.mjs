// A process of a fleet: records numbered events until it is killed, or ends well at SIGTERM, and says after each event that it
// was accepted. Plain JavaScript over the built package, because this is the process an application would run.

import { writeSync } from 'node:fs';
import { Countly } from 'countly-weave';
import { redisFleet } from 'countly-weave/redis';

const [prefix, options, fleet] = process.argv.slice(2);
const { every = 10, atOnce = 1, ...others } = JSON.parse(options);
const countly = new Countly({
  appKey: 'APP',
  deviceId: 'host',
  flushInterval: 100,
  serverSettings: false,
  healthCheck: false,
  ...others,
  fleet: redisFleet(JSON.parse(fleet)),
});

// On this process's own event loop: on a busy machine all that is to happen in time is late together with it.
const ticks = setInterval(() => writeSync(1, 'tick\n'), 20);

let number = 0;
const work = setInterval(() => {
  for (let n = 0; n < atOnce; n++) {
    countly.device(`${prefix}-${number % 7}`).addEvent(`n${number}`);
    writeSync(1, `${number}\n`);
    number++;
  }
}, every);

process.once('SIGTERM', async () => {
  clearInterval(work);
  clearInterval(ticks);
  const { pending } = await countly.close({ timeout: 10_000 });
  writeSync(1, `pending ${pending}\n`);
});
