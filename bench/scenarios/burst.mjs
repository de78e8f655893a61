import { startClient } from '../clients/index.mjs';
import { EVENT_KEY, segmentation, WARM_UP_FROM } from '../support/event.mjs';
import { pause, startMeter } from '../support/meter.mjs';

const WARM_UP = 20_000;

/** Many events in a quarter of a second, and the event loop from the first one to the last arrival. */
export default async function burst({ variant, events, portion = 1000, everyMs = 5, url, folder }, sink) {
  const client = variant === undefined ? arrayPush() : await startClient(variant, { url, folder });
  await sink.reset();
  for (let n = 0; n < WARM_UP; n++) {
    client.track(`visitor-${n % 100}`, WARM_UP_FROM + n);
    if (n % portion === portion - 1) await pause(everyMs);
  }
  await client.flush();
  await pause(500);
  await sink.reset({ size: events });

  const stop = startMeter({ loop: true });
  for (let n = 0; n < events; ) {
    for (let i = 0; i < portion; i++, n++) client.track(`visitor-${n % 100}`, n);
    await pause(everyMs);
  }
  const fed = stop();
  const stopDelivery = startMeter({ loop: true });
  await Promise.race([client.flush(), pause(20_000)]);
  const { distinct } = await sink.arrival({ total: variant === undefined ? 0 : events, timeoutMs: 5000 });
  const sent = stopDelivery();
  return {
    feedP99Ms: fed.loopP99Ms,
    feedMaxMs: fed.loopMaxMs,
    sendP99Ms: sent.loopP99Ms,
    sendMaxMs: sent.loopMaxMs,
    feedMs: fed.wallMs,
    cpuUs: ((fed.cpuMs + sent.cpuMs) * 1000) / events,
    delivered: (100 * distinct) / events,
  };
}

function arrayPush() {
  const list = [];
  return {
    track: (deviceId, n) => list.push({ deviceId, key: EVENT_KEY, segmentation: segmentation(n) }),
    flush: () => pause(0),
  };
}
