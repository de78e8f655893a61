import { isObject, member, tellMisfit } from '../check.js';
import * as is from '../config/schema.js';
import type { Reporter } from '../logger.js';

/** Lists as they come from the server: of events, user properties, segments, and segments by event key. */
export interface FilterLists {
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
  /** Events that leave at once. */
  readonly jte?: readonly string[];
}

const list = is.listOf('a list of texts', is.anyText);
const lists = is.recordOf('an object of lists', list);
export const LISTS = { eb: list, ew: list, upb: list, upw: list, sb: list, sw: list, esb: lists, esw: lists };

/** What each key must be; any other value is ignored, the others hold. */
const RULES: Readonly<Record<keyof ServerSettings, is.Rule>> = {
  ...(Object.fromEntries(FLAGS.map((name) => [name, is.flag])) as Record<(typeof FLAGS)[number], is.Rule>),
  ...NUMBERS,
  ...LISTS,
  jte: list,
};

/** The operator has set nothing. */
const NOTHING_SET: ServerSettings = Object.freeze({});

/** Reads an answer `{ v, t, c }`; undefined when it is none. Unknown keys and wrong values are left out. */
export function readServerSettings(answer: unknown): ServerSettings | undefined {
  const { v, t, c } = isObject(answer) ? answer : {};
  return typeof v === 'number' && typeof t === 'number' && isObject(c) ? settingsIn(c) : undefined;
}

/** Settings the developer gives: an answer as the server would send it, or what is in it, as a value or as JSON text. */
export function givenSettings(given: object | string | undefined, reporter: Reporter): ServerSettings {
  if (given === undefined) return NOTHING_SET;
  const value: unknown = typeof given === 'string' ? JSON.parse(given) : given;
  const c = member(value, 'c') ?? value;
  if (!isObject(c)) return NOTHING_SET;
  const settings = settingsIn(c);
  for (const [name, setting] of Object.entries(c)) {
    if (Object.hasOwn(settings, name)) continue;
    const expected = Object.hasOwn(RULES, name) ? RULES[name as keyof ServerSettings].expected : 'a known setting';
    tellMisfit(reporter, `sdkBehaviorSettings.${name}`, expected, setting);
  }
  return settings;
}

function settingsIn(c: Record<string, unknown>): ServerSettings {
  const known = Object.entries(RULES).flatMap(([key, rule]) => {
    const value = Object.hasOwn(c, key) ? c[key] : undefined;
    if (!rule.test(value)) return [];
    // Events may be called `constructor`: these have no names but their own.
    return [[key, isObject(value) ? Object.assign(Object.create(null), value) : value]];
  });
  return Object.freeze(Object.fromEntries(known)) as ServerSettings;
}
