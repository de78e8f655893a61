// A process that has nothing to do but to wait for one answer of its fleet. Nothing else keeps it alive.

import { Countly } from 'countly-weave';
import { redisFleet } from 'countly-weave/redis';

const [question, options, fleet] = process.argv.slice(2);
const countly = new Countly({
  appKey: 'APP',
  deviceId: 'host',
  serverSettings: false,
  healthCheck: false,
  ...JSON.parse(options),
  fleet: redisFleet(JSON.parse(fleet)),
});
countly.addEvent('asked');
const answer = await (question === 'status' ? countly.fleet.status() : countly.flush({ timeout: 500 }));
process.stdout.write(`${question} ${JSON.stringify(answer)}\n`);
await countly.close();
process.stdout.write('closed\n');
