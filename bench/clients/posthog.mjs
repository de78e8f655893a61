import { PostHog } from 'posthog-node';
import { EVENT_KEY, segmentation } from '../support/event.mjs';

export function start({ url, settings }) {
  // No personal key: nothing is polled.
  const client = new PostHog('phc_bench', { host: url, ...settings });
  return {
    client,
    track: (distinctId, n) => client.capture({ distinctId, event: EVENT_KEY, properties: segmentation(n) }),
    flush: () => client.flush(),
  };
}
