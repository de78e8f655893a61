import { startClient } from '../clients/index.mjs';
import { plainEvent } from '../support/event.mjs';
import { cpuNow, pause } from '../support/meter.mjs';

const SAMPLE = 1000;

/** Cost of a call while so many events wait, because the server does not answer. */
export default async function recordDepth({ variant, depths, url, folder }, sink) {
  const client = await startClient(variant, { url, folder });
  await sink.reset();
  // Warmed up on the same path, with a server that answers.
  for (let n = 0; n < 20_000; n += SAMPLE) {
    for (let i = 0; i < SAMPLE; i++) client.track('visitor-1', n + i);
    await pause(5);
  }
  await client.flush();
  await sink.mode({ value: 'hang' });
  const result = {};
  let queued = 0;
  for (const depth of depths) {
    while (queued < depth - SAMPLE) {
      const until = Math.min(depth - SAMPLE, queued + SAMPLE);
      while (queued < until) client.track('visitor-1', queued++);
      await pause(2);
    }
    // Several samples a depth would change the depth, so one, after the pending writes are done.
    await pause(60);
    const from = cpuNow();
    for (let i = 0; i < SAMPLE; i++) client.track('visitor-1', queued++);
    result[`at${depth}`] = ((cpuNow() - from) * 1000) / SAMPLE;
  }
  const from = cpuNow();
  let sizes = 0;
  for (let i = 0; i < 20_000; i++) sizes += JSON.stringify(plainEvent(i)).length;
  result.stringifyNs = ((cpuNow() - from) * 1000) / 20_000;
  result.bytes = sizes;
  result.pending = client.stats?.().pending;
  return result;
}
