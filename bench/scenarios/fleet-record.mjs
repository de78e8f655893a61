import { startClient } from '../clients/index.mjs';
import { WARM_UP_FROM } from '../support/event.mjs';
import { pause, startMeter } from '../support/meter.mjs';

/** What a process records between two turns of its loop: as much as a busy server does. */
const A_TURN = 50;
/** Beyond its queue a client would drop. */
const MOST_WAITING = 20_000;

/**
 * Records until it is all with Redis (`waits`: nobody sends) or with the sink. `redisBytes` and `redisCpu` are asked for outside.
 */
export default async function fleetRecord({ variant, events, devices, warmUp, waits, url, folder }, outside) {
  const client = await startClient(variant, { url, folder });
  await outside.reset({ size: warmUp });
  await feed(client, warmUp, devices, waits ? WARM_UP_FROM : 0);
  await done(client, warmUp, waits, outside);
  await outside.reset({ size: events });
  if (waits) await outside.mode({ value: 'fail' });
  const before = { bytes: await outside.redisBytes(), cpu: await outside.redisCpu() };
  const stop = startMeter();
  await feed(client, events, devices);
  await done(client, events, waits, outside);
  const { cpuMs, wallMs } = stop();
  const { distinct, duplicates, requests } = await outside.count();
  return {
    cpuUs: (cpuMs * 1000) / events,
    redisCpuUs: ((await outside.redisCpu()) - before.cpu) * (1000 / events),
    redisBytes: ((await outside.redisBytes()) - before.bytes) / events,
    perSecond: (events * 1000) / wallMs,
    delivered: (100 * distinct) / events,
    duplicates,
    requests,
  };
}

async function feed(client, events, devices, first = 0) {
  for (let n = 0; n < events; n++) {
    client.track(`visitor-${n % devices}`, first + n);
    if (n % A_TURN < A_TURN - 1) continue;
    await new Promise(setImmediate);
    while (client.waiting?.() > MOST_WAITING) await pause(5);
  }
}

async function done(client, events, waits, outside) {
  if (!waits) {
    await Promise.race([client.flush(), pause(1000)]);
    return outside.arrival({ total: events, timeoutMs: 60_000 });
  }
  // A client that does not tell has had its time.
  if (client.waiting === undefined) return pause(3000);
  while (client.waiting() > 0) await pause(5);
}
