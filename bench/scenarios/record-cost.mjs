import { startClient } from '../clients/index.mjs';
import { plainEvent } from '../support/event.mjs';
import { cpuNow, pause, startMeter } from '../support/meter.mjs';
import { spread } from '../support/rounds.mjs';

/**
 * Cost of the call itself, against `JSON.stringify` of the same event in the same process and minute. The calls come in
 * small portions with room between them, so that queues are written and sent as they would be.
 */
export default async function recordCost({ variant, events, portion = 500, url, folder }, sink) {
  const client = await startClient(variant, { url, folder });
  await sink.reset({ size: events });
  let n = 0;
  let sizes = 0;
  const stop = startMeter();
  const portions = [];
  while (n < events) {
    let from = cpuNow();
    for (let i = 0; i < portion; i++) sizes += JSON.stringify(plainEvent(n + i)).length;
    const texts = cpuNow() - from;
    from = cpuNow();
    for (let i = 0; i < portion; i++) client.track('visitor-1', n++);
    const calls = cpuNow() - from;
    portions.push([calls, texts]);
    await pause(2);
  }
  const { cpuMs } = stop();
  await Promise.race([client.flush(), pause(3000)]);
  const { distinct } = await sink.arrival({ total: events, timeoutMs: 2000 });
  // The first fifth warms the compiler up. Medians, because on a busy machine some portions are interrupted; what the
  // median hides (garbage collection, writing) is in the CPU time of the whole process.
  const warm = portions.slice(portions.length / 5);
  const median = (index) => (spread(warm.map((entry) => entry[index])).median * 1000) / portion;
  const callNs = median(0);
  const stringifyNs = median(1);
  return {
    callNs,
    stringifyNs,
    ratio: callNs / stringifyNs,
    cpuUs: (cpuMs * 1000) / events,
    delivered: (100 * distinct) / events,
    sizes,
  };
}
