import { isObject } from '../check.js';
import type { Limits } from '../config/limits.js';
import type { ResolvedOptions } from '../config/resolve.js';
import * as is from '../config/schema.js';
import type { ConsentFeature } from '../protocol/entry.js';
import type { FeaturePort, Filters, Target } from './feature.js';

/** Lists as they come from the server: of events, user properties, segments, and segments by event key. */
interface FilterLists {
  readonly eb?: readonly string[];
  readonly ew?: readonly string[];
  readonly upb?: readonly string[];
  readonly upw?: readonly string[];
  readonly sb?: readonly string[];
  readonly sw?: readonly string[];
  readonly esb?: Readonly<Record<string, readonly string[]>>;
  readonly esw?: Readonly<Record<string, readonly string[]>>;
}

const FLAGS = ['tracking', 'networking', 'st', 'vt', 'crt', 'cet', 'lt', 'ecz', 'rcz', 'cr', 'bom', 'log'] as const;

/** What numbers may be. Each has an end: no timer over at once, no event of megabytes, whatever a server says. */
const NUMBERS = {
  czi: is.whole(15, 86_400),
  sui: is.whole(1, 86_400),
  eqs: is.whole(1, 10_000),
  rqs: is.whole(1, 100_000),
  dort: is.whole(0, 87_600),
  scui: is.whole(1, 168),
  lkl: is.whole(1, 2000),
  lvs: is.whole(1, 2000),
  lsv: is.whole(1, 500),
  lbc: is.whole(0, 500),
  ltlpt: is.whole(1, 500),
  ltl: is.whole(1, 2000),
  bom_at: is.whole(1, 3600),
  bom_rqp: is.share,
  bom_ra: is.whole(1, 87_600),
  bom_d: is.whole(1, 86_400),
  upcl: is.whole(1, 10_000),
} as const;

type Flags = { readonly [Name in (typeof FLAGS)[number]]?: boolean };
type Numbers = { readonly [Name in keyof typeof NUMBERS]?: number };

/** What an operator set for SDKs (docs/protocol.md §10.5). A key that is absent leaves the developer's choice. */
export interface ServerSettings extends FilterLists, Flags, Numbers {
  readonly jte?: readonly string[];
}

const list = is.listOf('a list of texts', is.anyText);
const lists = is.recordOf('an object of lists', list);
const LISTS = { eb: list, ew: list, upb: list, upw: list, sb: list, sw: list, esb: lists, esw: lists };

/** What each key must be; any other value is ignored, the others hold. */
const RULES: Readonly<Record<keyof ServerSettings, is.Rule>> = {
  ...(Object.fromEntries(FLAGS.map((name) => [name, is.flag])) as Record<(typeof FLAGS)[number], is.Rule>),
  ...NUMBERS,
  ...LISTS,
  jte: list,
};

/** Reads an answer `{ v, t, c }`; undefined when it is none. Unknown keys and wrong values are left out. */
export function readServerSettings(answer: unknown): ServerSettings | undefined {
  const { v, t, c } = isObject(answer) ? answer : {};
  if (typeof v !== 'number' || typeof t !== 'number' || !isObject(c)) return undefined;
  const known = Object.entries(RULES).flatMap(([key, rule]) => {
    const value = Object.hasOwn(c, key) ? c[key] : undefined;
    if (!rule.test(value)) return [];
    // Events may be called `constructor`: these have no names but their own.
    return [[key, isObject(value) ? Object.assign(Object.create(null), value) : value]];
  });
  return Object.freeze(Object.fromEntries(known)) as ServerSettings;
}

/** What is in force: the developer's choice, and over it what the operator of the server set. */
export type Behaviour = ReturnType<typeof effectiveBehaviour>;
export type BackOffRule = Behaviour['backOff'];

/** Keeps the last good answer for the next start. Both never throw. */
interface SettingsFile {
  read(): string | undefined;
  write(text: string): void;
}

const HOUR = 3_600_000;
const SWITCHES = { st: 'sessions', vt: 'views', crt: 'crashes', cet: 'events', lt: 'location' } as const;
// A long stack line blocks a server for minutes (docs/protocol.md §15.6), whatever its own settings say.
const LONGEST_STACK_LINE = 2000;

type Test = (name: string) => boolean;

/** Lets everything through. */
const NO_FILTERS: Filters = { event: () => true, segments: () => undefined, userProperty: () => true };

/**
 * The SDK behaviour settings of the server (docs/protocol.md §10.5). What could not be fetched leaves what is known in force;
 * servers without the plugin are asked again at the usual interval, without a word.
 */
export class ServerConfig {
  /** What the operator set, as far as it is valid. */
  settings: ServerSettings;
  /** What is in force now. */
  behaviour: Behaviour;
  #cancelTimer: (() => void) | undefined;
  #stopped = false;

  /** Throws when what the file holds makes no sense. */
  constructor(
    private readonly options: ResolvedOptions,
    private readonly file: SettingsFile,
    private readonly applied: (behaviour: Behaviour) => void,
  ) {
    this.settings = readServerSettings(JSON.parse(file.read() ?? 'null')) ?? Object.freeze({});
    this.behaviour = effectiveBehaviour(options, this.settings);
  }

  /** Fetches now and then again and again. */
  start(port: FeaturePort, target: Target): void {
    const again = () => {
      if (this.#stopped) return;
      this.#cancelTimer = port.clock.after(this.behaviour.refreshMs, () => this.start(port, target));
    };
    this.fetch(port, target, false).then(again, again);
  }

  /** An answer that comes later changes nothing any more: it could make the client record after its last flush. */
  stop(): void {
    this.#stopped = true;
    this.#cancelTimer?.();
  }

  async fetch(port: FeaturePort, target: Target, awaited: boolean): Promise<boolean> {
    const answer = await port.query(target, { path: '/o/sdk', fields: { method: 'sc' }, awaited });
    if (!answer.ok || this.#stopped) return false;
    const settings = readServerSettings(answer.value);
    if (settings === undefined) return false;
    this.behaviour = effectiveBehaviour(this.options, settings);
    this.settings = settings;
    this.applied(this.behaviour);
    // Only what could be applied may wait for the next start.
    this.file.write(JSON.stringify(answer.value));
    return true;
  }
}

function effectiveBehaviour(options: ResolvedOptions, server: ServerSettings) {
  const { limits } = options;
  const eventQueueSize = server.eqs ?? options.eventQueueSize;
  const switches = Object.keys(SWITCHES) as (keyof typeof SWITCHES)[];
  const filtered = Object.keys(LISTS).some((name) => server[name as keyof FilterLists] !== undefined);
  return Object.freeze({
    tracking: server.tracking ?? true,
    networking: server.networking ?? true,
    /** Features the operator switched off. */
    off: new Set<ConsentFeature>(switches.filter((name) => server[name] === false).map((name) => SWITCHES[name])),
    consentRequired: server.cr ?? options.requireConsent,
    sessionUpdate: server.sui ?? options.sessionUpdate,
    limits: Object.freeze<Limits>({
      maxKeyLength: server.lkl ?? limits.maxKeyLength,
      maxValueSize: server.lvs ?? limits.maxValueSize,
      maxSegmentationValues: server.lsv ?? limits.maxSegmentationValues,
      maxBreadcrumbCount: server.lbc ?? limits.maxBreadcrumbCount,
      maxStackTraceLinesPerThread: server.ltlpt ?? limits.maxStackTraceLinesPerThread,
      maxStackTraceLineLength: Math.min(server.ltl ?? limits.maxStackTraceLineLength, LONGEST_STACK_LINE),
    }),
    filters: filtered ? createFilters(server) : NO_FILTERS,
    eventQueueSize,
    // The operator counts requests, of up to so many events each; we count entries.
    maxQueuedEntries: server.rqs === undefined ? options.maxQueuedEntries : server.rqs * eventQueueSize,
    /** Milliseconds; 0 for never. */
    maxAge: (server.dort ?? options.dropRequestsOlderThan) * HOUR,
    maxProfileChanges: server.upcl ?? 100,
    /** Event keys that are sent at once. */
    urgent: new Set(server.jte),
    /** When to let a slow server breathe (docs/protocol.md §10.5). */
    backOff: Object.freeze({
      enabled: server.bom ?? true,
      /** An answer slower than this makes us pause. */
      slowMs: (server.bom_at ?? 10) * 1000,
      /** Only while the queue is no fuller than this share. */
      fill: server.bom_rqp ?? 0.5,
      /** Only for requests younger than this. */
      maxAgeMs: (server.bom_ra ?? 24) * HOUR,
      pauseMs: (server.bom_d ?? 60) * 1000,
    }),
    refreshMs: (server.scui ?? 4) * HOUR,
  });
}

/** Filters of the server's lists. A whitelist makes the blacklist of its kind meaningless. */
function createFilters(lists: FilterLists): Filters {
  const all = testOf(lists.sw, lists.sb);
  // Maps: the keys are foreign, and may be names that every object has.
  const white = new Map(Object.entries(lists.esw ?? {}));
  const black = new Map(Object.entries((lists.esw === undefined ? lists.esb : undefined) ?? {}));
  const perEvent = new Map<string, Test | undefined>();
  for (const key of new Set([...white.keys(), ...black.keys()])) {
    const own = testOf(white.get(key), black.get(key));
    perEvent.set(key, all && own ? (name) => all(name) && own(name) : (all ?? own));
  }
  return {
    event: testOf(lists.ew, lists.eb) ?? NO_FILTERS.event,
    segments: (eventKey) => (perEvent.size > 0 && perEvent.has(eventKey) ? perEvent.get(eventKey) : all),
    userProperty: testOf(lists.upw, lists.upb) ?? NO_FILTERS.userProperty,
  };
}

function testOf(white: readonly string[] = [], black: readonly string[] = []): Test | undefined {
  const wanted = white.length > 0;
  const names = new Set(wanted ? white : black);
  return names.size === 0 ? undefined : (name) => names.has(name) === wanted;
}
