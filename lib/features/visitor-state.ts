import type { ConsentFeature, DeviceIdType } from '../protocol/entry.js';
import type { WorkState } from './device-state.js';
import type { DeviceLocation } from './location.js';
import type { Visitor } from './visitor.js';

/** Whom an entry is recorded for. */
export interface Target {
  readonly deviceId: string;
  readonly idType: DeviceIdType;
  /** Minutes east of UTC; undefined for the client's setting. */
  readonly tz: number | undefined;
  /** Where the device is, as this request or message knows it. */
  readonly location: DeviceLocation | undefined;
  /** Metrics that differ from this machine's, such as the person's language. */
  readonly metrics: Readonly<Record<string, string>> | undefined;
  /** What belongs to this request alone; undefined where the device's own state takes its place. */
  readonly work: WorkState | undefined;
}

/**
 * A change of what is known of a visitor, with what is recorded because of it. Where several processes serve one person it may
 * run again, on what another one has changed meanwhile, and only what the last run does counts. So it depends on the visitor
 * alone: times, ids and texts are made before. `target` is whom the call was for, whatever id they have by then.
 */
export type VisitorChange = (visitor: Visitor, target: Target) => void;

/** On what a change depends beside the visitor. */
export interface Dependence {
  /** What the visitor has to agree to, or nothing is done. Asked for by the caller already, as far as that is known here. */
  readonly needs?: ConsentFeature | undefined;
  /** A second device that the change looks at or changes, with `visitorOf`. */
  readonly other?: string | undefined;
}

/** What is known of visitors, in one process or in a fleet. A change within a change is part of that one. */
export interface VisitorState {
  /** Changes a visitor, whom it remembers from then on: an activity of theirs. */
  visit(target: Target, change: VisitorChange, on?: Dependence): void;
  /** Changes what is known of a visitor, which is no activity: of one of whom nothing was known nothing is remembered. */
  revisit(target: Target, change: VisitorChange, on?: Dependence): void;
  /** What is known here. Within a change of that visitor it is what the change is given. */
  visitorOf(deviceId: string): Visitor | undefined;
}
