import Mixpanel from 'mixpanel';
import { EVENT_KEY, segmentation } from '../support/event.mjs';

const BATCH = 50;
const WAIT_MS = 100;

/** It has no queue: `track` would be one request an event, so the caller batches, as its manual advises. */
export function start({ url }) {
  const client = Mixpanel.init('bench', { protocol: 'http', host: new URL(url).host });
  let batch = [];
  let timer;
  const running = new Set();

  function send() {
    clearTimeout(timer);
    timer = undefined;
    if (batch.length === 0) return;
    const full = batch;
    batch = [];
    const sent = new Promise((resolve) => client.track_batch(full, { max_batch_size: BATCH }, resolve));
    running.add(sent);
    sent.finally(() => running.delete(sent));
  }

  return {
    track(distinct_id, n) {
      batch.push({ event: EVENT_KEY, properties: { distinct_id, time: Date.now() / 1000, ...segmentation(n) } });
      if (batch.length >= BATCH) send();
      else timer ??= setTimeout(send, WAIT_MS);
    },
    async flush() {
      send();
      while (running.size > 0) await Promise.all(running);
    },
  };
}
