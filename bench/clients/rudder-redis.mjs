import RudderAnalytics from '@rudderstack/rudder-sdk-node';
import { EVENT_KEY, segmentation } from '../support/event.mjs';

/** As its manual starts it with persistence: batches are jobs of a Bull queue, which this process works off as well. */
export async function start({ url, settings: { redis } }) {
  const client = new RudderAnalytics('bench', { dataPlaneUrl: url, errorHandler: () => {}, logLevel: 'none' });
  const { hostname: host, port } = new URL(redis);
  await new Promise((resolve, reject) =>
    client.createPersistenceQueue({ redisOpts: { host, port: Number(port) } }, (error) =>
      error ? reject(error) : resolve(),
    ),
  );
  return {
    track: (userId, n) => client.track({ userId, event: EVENT_KEY, properties: segmentation(n) }),
    // Without events it never calls back; the caller waits for what arrives.
    flush: () =>
      Promise.race([new Promise((resolve) => client.flush(resolve)), new Promise((r) => setTimeout(r, 1000))]),
  };
}
