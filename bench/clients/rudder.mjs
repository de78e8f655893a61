import RudderAnalytics from '@rudderstack/rudder-sdk-node';
import { EVENT_KEY, segmentation } from '../support/event.mjs';

export function start({ url, settings }) {
  const client = new RudderAnalytics('bench', {
    dataPlaneUrl: url,
    errorHandler: () => {},
    logLevel: 'none',
    ...settings,
  });
  return {
    track: (userId, n) => client.track({ userId, event: EVENT_KEY, properties: segmentation(n) }),
    // Without events it never calls back; the caller waits for what arrives.
    flush: () =>
      Promise.race([new Promise((resolve) => client.flush(resolve)), new Promise((r) => setTimeout(r, 1000))]),
  };
}
