import { join } from 'node:path';

/** What a consumer reports to: the collector under a key of its own, with a journal of its own. */
export function reportingTo(inspector, appKey, folder) {
  return {
    COUNTLY_URL: inspector.url,
    COUNTLY_APP_KEY: appKey,
    XDG_STATE_HOME: join(folder, 'state', appKey.replace(/[^\w.-]/g, '_')),
  };
}

/** The events that arrived under that key, without Countly's own: `{ device_id, key, segmentation }`. */
export function eventsOf(inspector, appKey) {
  return inspector
    .query('SELECT device_id, key, segmentation FROM events WHERE app_key = ? ORDER BY device_id, key', appKey)
    .filter(({ key }) => !key.startsWith('[CLY]'))
    .map(({ device_id, key, segmentation }) => ({ device_id, key, segmentation: JSON.parse(segmentation ?? '{}') }));
}
