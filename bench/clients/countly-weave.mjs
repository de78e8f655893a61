import { Countly, silentLogger } from 'countly-weave';
import { EVENT_KEY, segmentation } from '../support/event.mjs';

export function start({ url, folder, settings }) {
  const client = new Countly({
    url,
    appKey: 'bench',
    deviceId: 'bench',
    storagePath: folder,
    logger: silentLogger,
    ...settings,
  });
  return {
    client,
    track: (deviceId, n) => client.device(deviceId).addEvent(EVENT_KEY, { segmentation: segmentation(n) }),
    flush: (timeout = 60_000) => client.flush({ timeout }),
    stats: () => client.stats(),
    close: () => client.close(),
  };
}
