import type { ConsentFeature } from '../protocol/entry.js';
import type { DeviceLocation } from './location.js';

/** A view that has begun and not ended. */
export interface OpenedView {
  readonly name: string;
  /** Unique id, the same on the start and the end of the view. */
  readonly id: string;
  /** Id of the view that began before this one. */
  readonly before: string | undefined;
  /** It lies beside others, instead of taking the place of the view on display. */
  readonly parallel: boolean;
  /** Milliseconds it was shown until it was paused last. */
  shownMs: number;
  /** Since when it is shown, on the monotonic clock in milliseconds; undefined while it is paused. */
  resumedAt: number | undefined;
  /** Told when it ends: texts, numbers, booleans and lists of them. */
  segments: Readonly<Record<string, unknown>> | undefined;
}

/** A session of a device that has begun and not ended. */
export interface OpenSession {
  /** Monotonic clock, milliseconds. */
  readonly startedAt: number;
  /** Up to when its duration was reported: monotonic clock, milliseconds. */
  reportedUntil: number;
  /** True when it lasts as long as the process does; else it lasts as long as the device is active. */
  readonly heartbeat: boolean;
}

/**
 * What is known of a person between calls, and has to be the same wherever they are served. All of it can be written as
 * text; what a process needs for itself is in `DeviceState`.
 */
export class Visitor {
  /** In the order they began; undefined when there is none. */
  views: OpenedView[] | undefined = undefined;
  /** The view that began last, on display or not. */
  lastViewId: string | undefined = undefined;
  /** The last event of the application's own. */
  lastEventId: string | undefined = undefined;
  /** False until the first view of a session: that one is the landing. */
  viewSeen = false;
  session: OpenSession | undefined = undefined;
  /** A session was asked for before the consent was there. */
  sessionWanted: { readonly heartbeat: boolean } | undefined = undefined;
  /** When the last session ended: milliseconds since the epoch. */
  sessionEndedAt: number | undefined = undefined;
  /** Where the device is, when it was said once for all calls. `null` when nobody may know. */
  location: DeviceLocation | null | undefined = undefined;
  /** Features agreed to; undefined while unknown. */
  consent: ReadonlySet<ConsentFeature> | undefined = undefined;
  /** When that was decided: monotonic clock, milliseconds. */
  consentAt: number | undefined = undefined;
  /** The last request in this session that was seen from outside: monotonic clock, milliseconds. */
  activeAt: number | undefined = undefined;

  /** @param lastSeen the last activity of any kind, on the monotonic clock in milliseconds */
  constructor(public lastSeen: number) {}

  /** Whether there is anything to remember. */
  get isBlank(): boolean {
    const { views, lastViewId, lastEventId, session, sessionWanted, sessionEndedAt, location, consent } = this;
    return [views, lastViewId, lastEventId, session, sessionWanted, sessionEndedAt, location, consent].every(
      (part) => part === undefined,
    );
  }

  /**
   * Both are one person from now on. What they do now is what the one does who gets the other's id; of the other stays what was
   * agreed to, and what still runs.
   */
  takeOver(before: Visitor): void {
    if (before.isBlank) return;
    const consent = this.consent === undefined ? before : this;
    const { consent: agreed, consentAt } = consent;
    const session = before.session ?? this.session;
    const views = before.views ?? this.views;
    const viewSeen = before.viewSeen || (session !== undefined && this.viewSeen);
    Object.assign(this, before, { consent: agreed, consentAt, session, views, viewSeen });
    Object.assign(before, new Visitor(before.lastSeen));
  }
}
