import { Analytics } from '@segment/analytics-node';
import { EVENT_KEY, segmentation } from '../support/event.mjs';

export function start({ url, settings }) {
  const client = new Analytics({ writeKey: 'bench', host: url, ...settings });
  client.on('error', () => {});
  return {
    client,
    track: (userId, n) => client.track({ userId, event: EVENT_KEY, properties: segmentation(n) }),
    flush: (timeout = 60_000) => client.flush({ timeout }),
  };
}
