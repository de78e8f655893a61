import { setTimeout as pause } from 'node:timers/promises';
import Countly from 'countly-sdk-nodejs';
import { EVENT_KEY, segmentation } from '../support/event.mjs';

/** One device id a process; for many devices it has `Countly.Bulk`. */
export function start({ url, folder, many, settings }) {
  const common = { app_key: 'bench', url, storage_path: `${folder}/`, ...settings };
  if (many) {
    const bulk = new Countly.Bulk(common);
    bulk.start();
    const users = new Map();
    return {
      track(deviceId, n) {
        let user = users.get(deviceId);
        if (user === undefined) {
          user = bulk.add_user({ device_id: deviceId });
          users.set(deviceId, user);
        }
        user.add_event({ key: EVENT_KEY, count: 1, segmentation: segmentation(n) });
      },
      // It has no flush; the caller waits for what arrives.
      flush: () => pause(0),
    };
  }
  Countly.init({ device_id: 'bench', ...common });
  return {
    track: (_deviceId, n) => Countly.add_event({ key: EVENT_KEY, count: 1, segmentation: segmentation(n) }),
    flush: () => pause(0),
  };
}
