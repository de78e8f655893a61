import type { Limits } from '../config/limits.js';
import type { ResolvedOptions } from '../config/resolve.js';
import type { ConsentFeature } from '../protocol/entry.js';
import type { FeaturePort, Filters, Target } from './feature.js';
import { type FilterLists, LISTS, readServerSettings, type ServerSettings } from './server-settings.js';

/** What is in force: the developer's choice, and over it what the operator of the server set. */
export type Behaviour = ReturnType<typeof effectiveBehaviour>;

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

  /**
   * Throws when what the file holds makes no sense.
   * @param given what holds as long as the server says nothing else
   */
  constructor(
    private readonly options: ResolvedOptions,
    private readonly file: SettingsFile,
    given: ServerSettings,
    private readonly applied: (behaviour: Behaviour) => void,
  ) {
    this.settings = Object.freeze({ ...given, ...readServerSettings(JSON.parse(file.read() ?? 'null')) });
    this.behaviour = effectiveBehaviour(options, this.settings);
  }

  /** Fetches now and then again and again. */
  start(port: FeaturePort, target: () => Target): void {
    const again = () => {
      if (this.#stopped) return;
      this.#cancelTimer = port.clock.after(this.behaviour.refreshMs, () => this.start(port, target));
    };
    this.fetch(port, target(), false).then(again, again);
  }

  /** An answer that comes later changes nothing any more: it could make the client record after its last flush. */
  stop(): void {
    this.#stopped = true;
    this.#cancelTimer?.();
  }

  async fetch(port: FeaturePort, target: Target, awaited: boolean): Promise<boolean> {
    const answer = await port.query(target, { path: '/o/sdk', fields: { method: 'sc' }, awaited });
    if (!answer.ok || this.#stopped) return false;
    const news = readServerSettings(answer.value);
    if (news === undefined) return false;
    // What an answer does not name stays as it was said before (docs/protocol.md §10.5).
    const settings = Object.freeze({ ...this.settings, ...news });
    this.behaviour = effectiveBehaviour(this.options, settings);
    this.settings = settings;
    this.applied(this.behaviour);
    // Only what could be applied may wait for the next start.
    this.file.write(JSON.stringify({ v: 2, t: port.clock.now(), c: settings }));
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
      enabled: options.backoffMechanism && (server.bom ?? true),
      /** An answer slower than this makes us pause. */
      slowMs: (server.bom_at ?? 10) * 1000,
      /** Only while the queue is no fuller than this share. */
      fill: server.bom_rqp ?? 0.5,
      /** Only for requests younger than this. */
      maxAgeMs: (server.bom_ra ?? 24) * HOUR,
      pauseMs: (server.bom_d ?? 60) * 1000,
    }),
    refreshMs: (server.scui ?? 4) * HOUR,
    /** Tell what is done, as with the option `debug`. */
    log: server.log ?? false,
  });
}

/** Filters of the server's lists. Where both of a kind come the blacklist holds, as in every SDK. */
function createFilters(lists: FilterLists): Filters {
  const all = testOf(lists.sw, lists.sb);
  // Maps: the keys are foreign, and may be names that every object has.
  const black = new Map(Object.entries(lists.esb ?? {}));
  const white = new Map(Object.entries((lists.esb === undefined ? lists.esw : undefined) ?? {}));
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
  const wanted = black.length === 0;
  const names = new Set(wanted ? white : black);
  return names.size === 0 ? undefined : (name) => names.has(name) === wanted;
}
