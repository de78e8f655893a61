import { startClient } from '../clients/index.mjs';
import { pause, startMeter } from '../support/meter.mjs';
import { spread } from '../support/rounds.mjs';

const BEAT_MS = 10;

/** A fixed rate for long, with a server that is away for a while in the middle. Without a variant nothing records. */
export default async function soak({ variant, perSecond, seconds, outageSeconds, url, folder }, sink) {
  const client = variant === undefined ? undefined : await startClient(variant, { url, folder });
  const events = perSecond * seconds;
  await sink.reset({ size: events });
  const heap = [];
  const pending = [];
  const stop = startMeter({ loop: true });
  const from = performance.now();
  const outageFrom = (seconds - outageSeconds) / 2;
  let state = 'before';
  let nextSample = 0;
  for (let n = 0; n < events; ) {
    const elapsed = (performance.now() - from) / 1000;
    const due = Math.min(events, Math.ceil(elapsed * perSecond));
    if (client === undefined) n = due;
    else for (; n < due; n++) client.track(`visitor-${n % 1000}`, n);
    if (state === 'before' && elapsed >= outageFrom) {
      state = 'down';
      await sink.mode({ value: 'down' });
    } else if (state === 'down' && elapsed >= outageFrom + outageSeconds) {
      state = 'after';
      await sink.mode({ value: 'ok' });
    }
    if (elapsed >= nextSample) {
      nextSample += 1;
      heap.push([elapsed, process.memoryUsage().heapUsed / 1048576]);
      pending.push(client?.stats?.().pending ?? 0);
    }
    await pause(BEAT_MS);
  }
  const { loopP99Ms, loopMaxMs, cpuMs } = stop();
  await client?.flush();
  const { distinct, duplicates, requests } = await sink.arrival({
    total: client === undefined ? 0 : events,
    timeoutMs: 10_000,
  });
  return {
    delivered: (100 * distinct) / events,
    duplicates,
    requests,
    dropped: Object.values(client?.stats?.().dropped ?? {}).reduce((sum, count) => sum + count, 0),
    highestPending: spread(pending).max,
    heapMb: heap.at(-1)[1],
    heapSlopeMbPerMinute: slopeOfValleys(heap) * 60,
    loopP99Ms,
    loopMaxMs,
    cpuUs: (cpuMs * 1000) / events,
    rssMb: process.memoryUsage.rss() / 1048576,
  };
}

/** Slope of what garbage collection leaves: the least value of every tenth of the time, without the first two tenths. */
function slopeOfValleys(samples) {
  const size = Math.max(1, Math.floor(samples.length / 10));
  const valleys = [];
  for (let at = size * 2; at + size <= samples.length; at += size) {
    valleys.push(samples.slice(at, at + size).reduce((least, sample) => (sample[1] < least[1] ? sample : least)));
  }
  const mean = (index) => valleys.reduce((sum, valley) => sum + valley[index], 0) / valleys.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  const covariance = valleys.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return covariance / valleys.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
}
