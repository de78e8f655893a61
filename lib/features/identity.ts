import type { ConsentFeature, DeviceIdType } from '../protocol/entry.js';
import { jsonString } from '../protocol/json-text.js';
import type { Consent } from './consent.js';
import type { FeaturePort, Target } from './feature.js';
import type { Sessions } from './sessions.js';
import type { UserProfile } from './user-profile.js';
import type { Views } from './views.js';

/** A target whose device can get another id. */
export interface Renamable extends Target {
  /** Makes everything recorded from now on belong to the other id. */
  rename(deviceId: string): void;
}

export interface IdentityParts {
  readonly views: Views;
  readonly sessions: Sessions;
  readonly profile: UserProfile;
  readonly consent: Consent;
  /** The id under which entries wait for a real one. */
  readonly temporaryId: string;
  /** What waits under the temporary id goes out under this one. */
  reassign(to: string, idType: DeviceIdType): void;
  /** What the client remembers of a device goes by another id. */
  moveState(from: string, to: string): void;
}

/** Changes of a device's id (docs/protocol.md §2.7). */
export class Identity {
  readonly #port: FeaturePort;
  readonly #parts: IdentityParts;

  constructor(port: FeaturePort, parts: IdentityParts) {
    this.#port = port;
    this.#parts = parts;
  }

  /**
   * With `merge` the old user becomes part of the new one on the server, and everything that runs goes on. Without it
   * the two are different people: what runs for the old one ends, and the new one has agreed to nothing yet.
   */
  change(target: Renamable, to: string, merge: boolean): void {
    const from = target.deviceId;
    if (from === to) return;
    const { temporaryId } = this.#parts;
    if (from === temporaryId) return this.#name(target, to);
    this.#parts.profile.save(target);
    if (merge && to !== temporaryId) this.#merge(target, from, to);
    else this.#replace(target, to);
  }

  /** The first real id: what waited under the temporary one was this person's all along. */
  #name(target: Renamable, to: string): void {
    const from = target.deviceId;
    this.#parts.profile.save(target);
    this.#parts.moveState(from, to);
    target.rename(to);
    this.#parts.sessions.renamed(from, target);
    this.#parts.reassign(to, target.idType);
  }

  #merge(target: Renamable, from: string, to: string): void {
    this.#parts.moveState(from, to);
    target.rename(to);
    this.#parts.sessions.renamed(from, target);
    const body = `"old_device_id":${jsonString(from)}`;
    this.#port.record(target, { kind: 'request', feature: 'core', timestamp: this.#port.stamp(), body });
  }

  #replace(target: Renamable, to: string): void {
    const { sessions, views, consent } = this.#parts;
    const before = this.#port.peekState(target.deviceId);
    const session = before?.session;
    if (before !== undefined) {
      views.endCurrent(target, before);
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
    else this.#port.stateOf(to).sessionWanted = { heartbeat: session.heartbeat };
  }
}
