import { startClient } from '../clients/index.mjs';
import { pause } from '../support/meter.mjs';
import { quantile } from '../support/rounds.mjs';

const BEAT_MS = 10;

/** A steady rate; how long each event takes from the call to the sink. */
export default async function fleetDelay(
  { variant, perSecond, seconds, warmUpSeconds, devices, url, folder },
  outside,
) {
  const client = await startClient(variant, { url, folder });
  const events = perSecond * (warmUpSeconds + seconds);
  const calledAt = new Float64Array(events);
  await outside.reset({ size: events });
  const from = performance.now();
  for (let n = 0; n < events; ) {
    const due = Math.min(events, Math.ceil(((performance.now() - from) / 1000) * perSecond));
    for (; n < due; n++) {
      calledAt[n] = Date.now();
      client.track(`visitor-${n % devices}`, n);
    }
    await pause(BEAT_MS);
  }
  // Without a flush: it would hurry what the table is about.
  const { distinct, duplicates } = await outside.arrival({ total: events, timeoutMs: 30_000 });
  const arrivedAt = await outside.arrivals();
  const delays = arrivedAt.flatMap((at, n) => (at > 0 && n >= perSecond * warmUpSeconds ? [at - calledAt[n]] : []));
  return {
    p50: quantile(delays, 0.5),
    p99: quantile(delays, 0.99),
    most: Math.max(...delays),
    delivered: (100 * distinct) / events,
    duplicates,
  };
}
