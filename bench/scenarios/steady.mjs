import { startClient } from '../clients/index.mjs';
import { WARM_UP_FROM } from '../support/event.mjs';
import { pause, startMeter } from '../support/meter.mjs';

const BEAT_MS = 10;

/** A fixed rate for some seconds, then the rest is delivered. Without a variant, an array takes the events. */
export default async function steady({ variant, perSecond, seconds, warmUpSeconds, devices = 500, url, folder }, sink) {
  const client = variant === undefined ? arrayPush() : await startClient(variant, { url, folder });
  const events = perSecond * seconds;
  // Warmed up at the same rate: a full-speed warm-up would leave a backlog behind.
  await sink.reset();
  await feed(client, perSecond, perSecond * warmUpSeconds, devices, WARM_UP_FROM);
  if (!variant?.slow) await Promise.race([client.flush(), pause(10_000)]);
  await pause(500);
  await sink.reset({ size: events });

  const stop = startMeter({ loop: true });
  await feed(client, perSecond, events, devices);
  const { loopP99Ms, loopMaxMs } = stop();
  await Promise.race([client.flush(), pause(5000)]);
  const { distinct, requests } = await sink.arrival({ total: variant === undefined ? 0 : events, timeoutMs: 2000 });
  const { cpuMs, diskBytes } = stop();
  return {
    cpuUs: (cpuMs * 1000) / events,
    delivered: (100 * distinct) / events,
    loopP99Ms,
    loopMaxMs,
    requests,
    diskPerEvent: diskBytes / events,
  };
}

async function feed(client, perSecond, events, devices, first = 0) {
  const from = performance.now();
  for (let n = 0; n < events; ) {
    // Catches up after a late beat, so that the rate holds.
    const due = Math.min(events, Math.ceil(((performance.now() - from) / 1000) * perSecond));
    for (; n < due; n++) client.track(`visitor-${n % devices}`, first + n);
    await pause(BEAT_MS);
  }
}

function arrayPush() {
  let list = [];
  return {
    track(deviceId, n) {
      list.push({ deviceId, n });
      if (list.length === 10_000) list = [];
    },
    flush: () => pause(0),
  };
}
