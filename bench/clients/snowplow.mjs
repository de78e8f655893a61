import { buildSelfDescribingEvent, newTracker } from '@snowplow/node-tracker';
import { segmentation } from '../support/event.mjs';

const SCHEMA = 'iglu:bench/checkout/jsonschema/1-0-0';

export function start({ url, settings }) {
  const { hostname, port } = new URL(url);
  const tracker = newTracker(
    { namespace: 'bench', appId: 'bench', encodeBase64: false },
    { endpoint: hostname, port: Number(port), protocol: 'http', ...settings },
  );
  return {
    track(userId, n) {
      tracker.setUserId(userId);
      tracker.track(buildSelfDescribingEvent({ event: { schema: SCHEMA, data: segmentation(n) } }));
    },
    flush: () => tracker.flush(),
  };
}
