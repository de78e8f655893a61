import type { ConsentFeature, DeviceIdType } from '../protocol/entry.js';
import { jsonString } from '../protocol/json-text.js';
import type { Consent } from './consent.js';
import { Feature, type Moment, type Target } from './feature.js';
import type { Sessions } from './sessions.js';
import type { UserProfile } from './user-profile.js';
import type { Views } from './views.js';
import type { Visitor } from './visitor.js';
import type { VisitorChange } from './visitor-state.js';

/** A target whose device can get another id. */
export interface Renamable extends Target {
  /** Makes everything recorded from now on belong to the other id. */
  rename(deviceId: string): void;
  /** The same whom, under the id they have now. */
  asNow(): Target;
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
  /** What this process keeps of a device goes by another id. */
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
    const moment = this.moment();
    target.rename(to);
    profile.save(target);
    const change: VisitorChange = (visitor, whom) => {
      const before = this.port.visitorOf(from);
      if (before !== undefined) {
        this.#endTwins(visitor, whom, before, moment);
        visitor.takeOver(before);
      }
      // What waited under the temporary id was this person's all along.
      if (from === temporaryId) return reassign(to, whom.idType);
      // A server keeps the consent of the older of both users (docs/protocol.md §17.6), so ours goes along.
      this.request(whom, 'core', `"old_device_id":${jsonString(from)}${consent.told(visitor)}`, moment.timestamp);
    };
    this.port.visit(target, change, { other: from });
    moveState(from, to);
    sessions.renamed(from, target);
  }

  /** One person has one session, and one view on display: what the new id had of both ends, where the old one goes on. */
  #endTwins(visitor: Visitor, whom: Target, before: Visitor, moment: Moment): void {
    const { sessions, views } = this.settings;
    if (before.session !== undefined) sessions.endNow(visitor, whom, moment);
    if (before.views !== undefined) views.endAll(visitor, whom, moment);
  }

  #replace(target: Renamable, to: string): void {
    const { sessions, views, consent } = this.settings;
    const { port } = this;
    const from = target.deviceId;
    for (const work of [target.work, port.peekState(from)]) {
      work?.timers?.clear();
      work?.traces?.clear();
    }
    const moment = this.moment();
    const old = target.asNow();
    // The consent of the person before is not that of the next one; what the server heard of it stays as it is.
    if (target.work?.consent !== undefined) target.work.consent = new Set<ConsentFeature>();
    target.rename(to);
    const change: VisitorChange = (visitor, whom) => {
      const before = port.visitorOf(from);
      if (before === undefined) return;
      const { session } = before;
      views.endAll(before, old, moment);
      sessions.endNow(before, old, moment);
      if (session === undefined) return;
      if (consent.isAllowed(whom, 'sessions'))
        sessions.beginNow(visitor, whom, { heartbeat: session.heartbeat, moment, watched: target });
      else visitor.sessionWanted = { heartbeat: session.heartbeat };
    };
    port.visit(target, change, { other: from });
  }
}
