import type { Limits } from '../config/limits.js';
import type { ConsentFeature } from '../protocol/consent-feature.js';
import { createFilters, type Filters, NO_FILTERS } from './filters.js';
import type { ServerSettings } from './server-settings.js';

/** When to let a slow server breathe (docs/protocol.md §10.5). */
export interface BackOffRule {
  readonly enabled: boolean;
  /** An answer slower than this makes us pause: milliseconds. */
  readonly slowMs: number;
  /** Only while the queue is no fuller than this share. */
  readonly fill: number;
  /** Only for requests younger than this: milliseconds. */
  readonly maxAgeMs: number;
  readonly pauseMs: number;
}

/** What is in force: the developer's choice, and over it what the operator of the server set. */
export interface Behaviour {
  readonly tracking: boolean;
  readonly networking: boolean;
  /** Features the operator switched off. */
  readonly off: ReadonlySet<ConsentFeature>;
  readonly consentRequired: boolean;
  readonly sessionUpdate: number;
  readonly limits: Limits;
  readonly filters: Filters;
  readonly eventQueueSize: number;
  readonly maxQueuedEntries: number;
  /** Milliseconds; 0 for never. */
  readonly maxAge: number;
  readonly maxProfileChanges: number;
  /** Event keys that are sent at once. */
  readonly urgent: ReadonlySet<string>;
  readonly backOff: BackOffRule;
  readonly refreshMs: number;
}

/** The developer's choice. */
export interface BehaviourOptions {
  readonly requireConsent: boolean;
  readonly sessionUpdate: number;
  readonly limits: Limits;
  readonly eventQueueSize: number;
  readonly maxQueuedEntries: number;
  /** Hours. */
  readonly dropRequestsOlderThan: number;
}

const HOUR = 3_600_000;
const SWITCHES = [
  ['st', 'sessions'],
  ['vt', 'views'],
  ['crt', 'crashes'],
  ['cet', 'events'],
  ['lt', 'location'],
] as const;
// A long stack line blocks a server for minutes (docs/protocol.md §15.6), whatever its own settings say.
const LONGEST_STACK_LINE = 2000;

export function effectiveBehaviour(options: BehaviourOptions, server: ServerSettings): Behaviour {
  const { limits } = options;
  const eventQueueSize = server.eqs ?? options.eventQueueSize;
  const filtered = [server.eb, server.ew, server.upb, server.upw, server.sb, server.sw, server.esb, server.esw];
  return Object.freeze({
    tracking: server.tracking ?? true,
    networking: server.networking ?? true,
    off: new Set(SWITCHES.filter(([key]) => server[key] === false).map(([, feature]) => feature)),
    consentRequired: server.cr ?? options.requireConsent,
    sessionUpdate: server.sui ?? options.sessionUpdate,
    limits: Object.freeze({
      maxKeyLength: server.lkl ?? limits.maxKeyLength,
      maxValueSize: server.lvs ?? limits.maxValueSize,
      maxSegmentationValues: server.lsv ?? limits.maxSegmentationValues,
      maxBreadcrumbCount: server.lbc ?? limits.maxBreadcrumbCount,
      maxStackTraceLinesPerThread: server.ltlpt ?? limits.maxStackTraceLinesPerThread,
      maxStackTraceLineLength: Math.min(server.ltl ?? limits.maxStackTraceLineLength, LONGEST_STACK_LINE),
    }),
    filters: filtered.some((list) => list !== undefined) ? createFilters(server) : NO_FILTERS,
    eventQueueSize,
    // The operator counts requests, of up to so many events each; we count entries.
    maxQueuedEntries: server.rqs === undefined ? options.maxQueuedEntries : server.rqs * eventQueueSize,
    maxAge: (server.dort ?? options.dropRequestsOlderThan) * HOUR,
    maxProfileChanges: server.upcl ?? 100,
    urgent: new Set(server.jte),
    backOff: Object.freeze({
      enabled: server.bom ?? true,
      slowMs: (server.bom_at ?? 10) * 1000,
      fill: server.bom_rqp ?? 0.5,
      maxAgeMs: (server.bom_ra ?? 24) * HOUR,
      pauseMs: (server.bom_d ?? 60) * 1000,
    }),
    refreshMs: (server.scui ?? 4) * HOUR,
  });
}
