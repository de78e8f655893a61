import type { ConfigProblem } from '../../lib/index.js';
import type { RequestContext } from '../identity/request-context.js';

/** Settings of the sessions of visitors. */
export interface VisitorSessionOptions {
  /** Seconds without a request after which a session ends, as of the last one. @default 1800 (half an hour) */
  readonly idleTimeout?: number | undefined;
  /**
   * Which requests are a visitor's activity. Asked beside the rules that leave out crawlers, probes and prefetching; must be
   * synchronous and cheap.
   * @default all
   */
  readonly filter?: ((context: RequestContext) => boolean) | undefined;
  /**
   * Metrics of the visitor's device (docs/protocol.md §3.3) that you know better than the request says, such as
   * `{ _resolution: '390x844' }` from a cookie. Asked when a session begins.
   */
  readonly metrics?: ((context: RequestContext) => Readonly<Record<string, string>> | undefined) | undefined;
}

/** The option as it is worked with. */
export interface SessionSettings extends VisitorSessionOptions {
  readonly idleTimeout: number;
}

/** What `deviceIdleTimeout` is as well when it is not given: then everything of a device is forgotten, its session included. */
const HALF_AN_HOUR = 1800;

interface IdleTimes {
  readonly sessions?: boolean | VisitorSessionOptions | undefined;
  readonly deviceIdleTimeout?: number | undefined;
}

/** @internal */
export function sessionSettings(options: boolean | VisitorSessionOptions | undefined): SessionSettings | undefined {
  if (options === undefined || options === false) return undefined;
  const given = options === true ? {} : options;
  return { ...given, idleTimeout: given.idleTimeout ?? HALF_AN_HOUR };
}

/** @internal a device must be remembered for as long as its session lasts. */
export function deviceIdleTimeout({ sessions, deviceIdleTimeout: given }: IdleTimes): number | undefined {
  const { idleTimeout = 0 } = sessionSettings(sessions) ?? {};
  return given ?? (idleTimeout > HALF_AN_HOUR ? idleTimeout : undefined);
}

/** @internal */
export function sessionProblems({ sessions, deviceIdleTimeout: given }: IdleTimes): ConfigProblem[] {
  const { idleTimeout } = typeof sessions === 'object' && sessions !== null ? sessions : {};
  if (typeof idleTimeout !== 'number' || typeof given !== 'number' || given >= idleTimeout) return [];
  const expected = `at most deviceIdleTimeout, which is ${given}: a device that is forgotten has no session`;
  return [{ option: 'sessions.idleTimeout', expected, actual: String(idleTimeout) }];
}

/** @internal said where sessions are wanted and nobody can have one. */
export function withoutVisitors({ sessions, resolvers, anonymous }: VisitorSources): string[] {
  if (sessions === undefined || resolvers.length > 0 || typeof anonymous === 'object') return [];
  return [
    "No request has a visitor, so the option sessions has no effect: give deviceId a resolver, or set anonymous: 'cookie'.",
  ];
}

interface VisitorSources {
  readonly sessions: SessionSettings | undefined;
  readonly resolvers: readonly unknown[];
  readonly anonymous: unknown;
}
