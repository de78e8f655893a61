import { type ArgumentKind, argumentOf, isList } from '../check.js';
import type { Clock } from '../clock.js';
import type { Limits } from '../config/limits.js';
import type { Reporter } from '../logger.js';
import type { QueryResult } from '../protocol/answer.js';
import type { ConsentFeature, EntryDraft, EntryFeature, EntryKind } from '../protocol/entry.js';
import type { RollUp } from '../protocol/roll-up.js';
import type { Author } from './author.js';
import type { DeviceState, LocalState } from './device-state.js';
import type { Target, VisitorState } from './visitor-state.js';

export type { Author } from './author.js';
export type { Target } from './visitor-state.js';

/** Members of what a plain JavaScript caller passed: they may be anything, and nothing may throw. */
export type Loose<Name extends string> = { readonly [Member in Name]?: unknown };

/** What a feature wants recorded. */
export interface RecordDraft {
  readonly kind: EntryKind;
  readonly feature: EntryFeature;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  /** An event as a JSON object; else the members of a request, without braces. */
  readonly body: string;
  readonly rollUp?: RollUp | undefined;
  /** It was said before, whatever transaction runs now. */
  readonly unheld?: boolean | undefined;
  /** We say it of the device, which did nothing itself. */
  readonly quiet?: boolean | undefined;
  /** The end of what the server knows: told whatever was taken back since. */
  readonly owed?: boolean | undefined;
  /** Of what waited: who made it then. */
  readonly author?: Author | undefined;
}

/** A question to the server, as form fields. */
export interface Query {
  readonly path: '/o/sdk' | '/i';
  readonly fields: Readonly<Record<string, string>>;
  /** False when nobody waits for the answer: it then does not keep the process alive. */
  readonly awaited?: boolean;
}

/** What a fetch came back with. `reason` is for people. */
export type Fetched<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

/** What the server wants of events, segments and user properties (docs/protocol.md §10.5). */
export interface Filters {
  /** Whether a custom event of this key is recorded. */
  event(key: string): boolean;
  /** Which segments an event keeps; undefined when all. */
  segments(eventKey: string): ((name: string) => boolean) | undefined;
  userProperty(name: string): boolean;
}

/**
 * What a feature may use of the house: a feature turns a call into an entry, and knows neither the client nor the way
 * the entry takes. Rules: never throw into the caller, ask `admits` before anything is recorded, serialise once.
 */
export interface FeaturePort extends VisitorState {
  readonly clock: Clock;
  readonly reporter: Reporter;
  /** In force now; the server may change them at any time. */
  readonly limits: Limits;
  readonly filters: Filters;
  /** What is reported about this machine (docs/protocol.md §3.3); always has `_os` and `_app_version`. */
  readonly metrics: Readonly<Record<string, string>>;
  /** A timestamp for a new entry: milliseconds that follow the clock, and do not go back by its small steps. */
  stamp(): number;
  /** Time zone offset that applies to the target. */
  offsetOf(target: Target, timestamp: number): number;
  isAllowed(target: Target, feature: ConsentFeature): boolean;
  /**
   * Whether a call may record; a refusal is counted under its reason. In a fleet another process may know what the visitor agreed
   * to, so outside of a change of theirs nothing is refused for want of consent: what is recorded is looked at again.
   */
  admits(target: Target, feature: ConsentFeature): boolean;
  /** Resolves when it is known what other processes know of the device; undefined where there are none. Never rejects. */
  informed(target: Target): Promise<void> | undefined;
  /** The device's state if there is any. */
  peekState(deviceId: string): DeviceState | undefined;
  /** The device's state, made if need be. */
  stateOf(deviceId: string): DeviceState;
  /** What belongs to the target's request, else to its device. */
  workOf(target: Target): LocalState;
  record(target: Target, draft: RecordDraft): void;
  /** Who makes a record at this moment; undefined when nobody wants to know. */
  author(): Author | undefined;
  /** Leaves work to the end of the transaction that runs, if any does; false when it is to be done at once. */
  defers(target: Target, feature: ConsentFeature, work: () => void): boolean;
  /** A call that is not recorded; it counts as accepted and dropped. */
  refuse(reason: 'consent' | 'invalid' | 'filtered'): void;
  /** Removes what waits of these features for this device, and tells what that was. */
  purge(deviceId: string, features: ReadonlySet<ConsentFeature>): readonly EntryDraft[];
  /** Asks the server; never rejects. */
  query(target: Target, query: Query): Promise<QueryResult>;
  /** Queues a picture; its file is read when its turn comes. */
  upload(target: Target, path: string): void;
}

/** When a call was made. What changes a visitor uses this, never the clock, since it may run again. */
export interface Moment {
  /** Monotonic clock, milliseconds. */
  readonly now: number;
  /** Milliseconds since the epoch, for what is recorded. */
  readonly timestamp: number;
}

/** Texts of a list; what else is in it is left out. */
export const TEXTS: ArgumentKind<string[]> = {
  expected: 'a list of texts',
  read: (value) => (isList(value) ? value.filter((item) => typeof item === 'string') : undefined),
};

/** What all features have: a port, settings if any, and what they do with them. `where` is `call` or `call.argument`. */
export abstract class Feature<Settings = void> {
  constructor(
    protected readonly port: FeaturePort,
    protected readonly settings: Settings,
  ) {}

  /** Records an entry that is a request of its own. */
  protected request(target: Target, feature: EntryFeature, body: string, timestamp = this.port.stamp()): void {
    this.port.record(target, { kind: 'request', feature, timestamp, body });
  }

  protected moment(): Moment {
    return { now: this.port.clock.monotonic(), timestamp: this.port.stamp() };
  }

  /** Whether a person agreed to something, also when only another process knows of it. */
  protected agrees(target: Target, feature: ConsentFeature): boolean | Promise<boolean> {
    const { port } = this;
    if (port.isAllowed(target, feature)) return true;
    return port.informed(target)?.then(() => port.isAllowed(target, feature)) ?? false;
  }

  /** Asks the server for something that a person has to agree to. */
  protected async ask(target: Target, feature: ConsentFeature, query: Query): Promise<Fetched<unknown>> {
    if (!(await this.agrees(target, feature))) return { ok: false, reason: `no consent to ${feature}` };
    const answer = await this.port.query(target, query);
    return answer.ok ? { ok: true, value: answer.value } : { ok: false, reason: answer.message };
  }

  /** As {@link argumentOf}. */
  protected argument<T>(where: string, value: unknown, kind: ArgumentKind<T>, outcome?: string): T | undefined {
    return argumentOf(this.port.reporter, where, value, kind, outcome);
  }

  /** Told once. */
  protected warn(where: string, said: string): void {
    this.port.reporter.warn(where, `${where.split('.', 1)[0]}: ${said}.`);
  }

  /** A call that means nothing: told once and counted as dropped. */
  protected refuse(where: string, problem: string, outcome = 'nothing is reported'): void {
    this.warn(where, `${problem}; ${outcome}`);
    this.port.refuse('invalid');
  }
}
