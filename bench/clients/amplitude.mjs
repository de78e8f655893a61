import { createInstance } from '@amplitude/analytics-node';
import { EVENT_KEY, segmentation } from '../support/event.mjs';

export async function start({ url, settings }) {
  const client = createInstance();
  await client.init('bench', { serverUrl: `${url}/2/httpapi`, logLevel: 0, ...settings }).promise;
  return {
    track: (user_id, n) => client.track(EVENT_KEY, segmentation(n), { user_id }),
    flush: () => client.flush().promise,
  };
}
