import { Analytics } from '@segment/analytics-node';
import { EVENT_KEY, segmentation } from '../support/event.mjs';

export function start({ url, settings }) {
  const client = new Analytics({ writeKey: 'bench', host: url, ...settings });
  client.on('error', () => {});
  return {
    track: (userId, n) => client.track({ userId, event: EVENT_KEY, properties: segmentation(n) }),
    flush: () => client.flush({ timeout: 60_000 }),
  };
}
