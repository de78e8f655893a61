// A process of a fleet that records by decorators and does not send. Plain JavaScript over the built package, because this is the
// process an application would run.

import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { BeginSession, Countly, GiveConsent, TrackEvent, UserDetails } from 'countly-weave';
import { redisFleet } from 'countly-weave/redis';

const [options, fleet] = process.argv.slice(2);
const countly = Countly.init({
  deviceId: 'host',
  durability: 'memory',
  serverSettings: false,
  healthCheck: false,
  requireConsent: true,
  ...JSON.parse(options),
  fleet: redisFleet({ send: false, ...JSON.parse(fleet) }),
});

class Shop {
  agree() {}
  login() {}
  buy() {}
}
const decorate = (name, ...decorators) => {
  const at = Object.getOwnPropertyDescriptor(Shop.prototype, name);
  const woven = decorators.reduce((found, decorator) => decorator(Shop.prototype, name, found) ?? found, at);
  Object.defineProperty(Shop.prototype, name, woven);
};
decorate('agree', GiveConsent(['sessions', 'users', 'events']));
decorate(
  'login',
  BeginSession(),
  UserDetails(() => ({ name: 'Ann' })),
);
decorate('buy', TrackEvent('bought'));

const shop = new Shop();
createInterface({ input: process.stdin }).on('line', (line) => {
  const [device, ...methods] = JSON.parse(line);
  countly.run({ deviceId: device }, () => {
    for (const method of methods) shop[method]();
  });
});
await countly.fleet.status();
writeSync(1, 'ready\n');

process.once('SIGTERM', async () => {
  await countly.close({ timeout: 5000 });
  process.exit(0);
});
