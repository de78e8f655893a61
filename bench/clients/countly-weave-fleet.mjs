import { Countly, silentLogger } from 'countly-weave';
import { redisFleet } from 'countly-weave/redis';
import { EVENT_KEY, segmentation } from '../support/event.mjs';

/** `settings.fleet` are the options of `redisFleet`. */
export function start({ url, folder, settings: { fleet, ...settings } }) {
  const client = new Countly({
    url,
    appKey: 'bench',
    deviceId: 'bench',
    storagePath: folder,
    logger: silentLogger,
    ...settings,
    fleet: redisFleet(fleet),
  });
  let recorded = 0;
  return {
    track(deviceId, n) {
      recorded++;
      client.device(deviceId).addEvent(EVENT_KEY, { segmentation: segmentation(n) });
    },
    visit(deviceId) {
      const scope = client.device(deviceId);
      scope.beginSession();
      scope.trackView('Home');
    },
    flush: () => client.flush({ timeout: 60_000 }),
    /** What Redis has not taken yet. An entry on its way with what is known of its visitor is not accepted before it has. */
    waiting() {
      const { accepted, pending } = client.stats();
      return recorded - accepted + pending;
    },
  };
}
