import { startClient } from '../clients/index.mjs';
import { WARM_UP_FROM } from '../support/event.mjs';
import { cpuNow, pause, startMeter, stringifyUs } from '../support/meter.mjs';

/** Processor time of the warm-up: the same for all, because the compiler works by time as well as by calls. */
const WARM_UP_US = 2_000_000;

/**
 * So many events in one loop, from the first call to the last arrival.
 *
 * @param params `devices` spreads the events over so many devices, in turn; `giveUpMs` ends clients that are too slow
 */
export default async function transfer({ variant, events, devices, giveUpMs = 30_000, url, folder }, sink) {
  const client = await startClient(variant, { url, folder, many: devices > 1 });
  if (!variant.slow) await warmUp(client, sink, events, devices);
  await sink.reset({ size: events });

  const measure = stringifyUs();
  const stop = startMeter();
  for (let n = 0; n < events; n++) client.track(`visitor-${n % devices}`, n);
  const recordMs = stop().cpuMs;
  const arrival = sink.arrival({ total: events, timeoutMs: giveUpMs });
  const flushed = Promise.race([client.flush(), pause(giveUpMs)]);
  const reached = await Promise.race([arrival, flushed.then(() => settled(sink, events, giveUpMs))]);
  const arrivedMs = stop().wallMs;
  // Acknowledgements and other work after the arrival belong to the price.
  await Promise.race([flushed, pause(1000)]);
  const { cpuMs, rssMb, diskBytes } = stop();

  // Before and after, because other processes of the machine come and go meanwhile.
  const unit = (measure + stringifyUs()) / 2;
  const cpuUs = (cpuMs * 1000) / Math.max(1, reached.distinct);

  return {
    arrivedMs,
    recordUs: (recordMs * 1000) / events,
    delivered: (100 * reached.distinct) / events,
    duplicates: reached.duplicates,
    requests: reached.requests,
    cpuUs,
    inStringifies: cpuUs / unit,
    diskPerEvent: diskBytes / events,
    rssMb,
  };
}

/** The same work until the compiler is done with it, delivered completely, so that no backlog reaches the measurement. */
async function warmUp(client, sink, events, devices) {
  await sink.reset();
  const end = cpuNow() + WARM_UP_US;
  let total = 0;
  while (cpuNow() < end) {
    for (let i = 0; i < events; i++, total++) client.track(`visitor-${total % devices}`, WARM_UP_FROM + total);
    await Promise.race([client.flush(), pause(10_000)]);
  }
  await sink.arrival({ total, timeoutMs: 5000 });
  await pause(200);
}

/** The client says that it is done: what is not there after a moment is lost, or waits for a timer. */
async function settled(sink, events, giveUpMs) {
  let before = -1;
  for (let waited = 0; waited < giveUpMs; waited += 1000) {
    const { distinct } = await sink.arrival({ total: events, timeoutMs: 1000 });
    if (distinct >= events || distinct === before) break;
    before = distinct;
  }
  return sink.count();
}
