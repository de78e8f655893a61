import type { ConsentFeature, DeviceIdType } from '../protocol/entry.js';
import { jsonString } from '../protocol/json-text.js';
import type { Consent } from './consent.js';
import { Feature, type Target } from './feature.js';
import type { Sessions } from './sessions.js';
import type { UserProfile } from './user-profile.js';
import type { Views } from './views.js';

/** A target whose device can get another id. */
export interface Renamable extends Target {
  /** Makes everything recorded from now on belong to the other id. */
  rename(deviceId: string): void;
}

interface IdentityParts {
  readonly views: Views;
  readonly sessions: Sessions;
  readonly profile: UserProfile;
  readonly consent: Consent;
  /** The id under which entries wait for a real one. */
  readonly temporaryId: string;
  /** What waits under the temporary id goes out under this one. */
  readonly reassign: (to: string, idType: DeviceIdType) => void;
  /** What the client remembers of a device goes by another id. */
  readonly moveState: (from: string, to: string) => void;
}

/** Changes of a device's id (docs/protocol.md §2.7). */
export class Identity extends Feature<IdentityParts> {
  /**
   * With `merge` the old user becomes part of the new one on the server, and everything that runs goes on. Without it
   * the two are different people: what runs for the old one ends, and the new one has agreed to nothing yet.
   */
  change(target: Renamable, to: string, merge: boolean): void {
    const { profile, sessions, consent, temporaryId, moveState, reassign } = this.settings;
    const from = target.deviceId;
    if (from === to) return;
    profile.save(target);
    if (from !== temporaryId && (!merge || to === temporaryId)) return this.#replace(target, to);
    target.rename(to);
    this.#endTwins(target, from);
    moveState(from, to);
    sessions.renamed(from, target);
    // What waited under the temporary id was this person's all along.
    if (from === temporaryId) reassign(to, target.idType);
    // A server keeps the consent of the older of both users (docs/protocol.md §17.6), so ours goes along.
    else this.request(target, 'core', `"old_device_id":${jsonString(from)}${consent.told(to)}`);
  }

  /** One person has one session, and one view on display: what the new id had of both ends, where the old one goes on. */
  #endTwins(target: Renamable, from: string): void {
    const { profile, sessions, views } = this.settings;
    const [old, own] = [this.port.peekState(from), this.port.peekState(target.deviceId)];
    if (own === undefined) return;
    profile.save(target);
    if (old?.session !== undefined) sessions.end(target);
    if (old?.views !== undefined) views.endAll(target, own);
  }

  #replace(target: Renamable, to: string): void {
    const { sessions, views, consent } = this.settings;
    const before = this.port.peekState(target.deviceId);
    const session = before?.session;
    if (before !== undefined) {
      views.endAll(target, before);
      sessions.end(target);
    }
    for (const work of [target.work, before]) {
      work?.timers?.clear();
      work?.traces?.clear();
    }
    // The consent of the person before is not that of the next one; what the server heard of it stays as it is.
    if (target.work?.consent !== undefined) target.work.consent = new Set<ConsentFeature>();
    target.rename(to);
    if (session === undefined) return;
    if (consent.isAllowed(target, 'sessions')) sessions.begin(target, session.heartbeat);
    else this.port.stateOf(to).sessionWanted = { heartbeat: session.heartbeat };
  }
}
