import { isObject } from '../check.js';
import * as is from '../config/schema.js';
import type { FilterLists } from './filters.js';

/** What an operator set for SDKs (docs/protocol.md §10.5). A key that is absent leaves the developer's choice. */
export interface ServerSettings extends FilterLists {
  readonly tracking?: boolean;
  readonly networking?: boolean;
  readonly st?: boolean;
  readonly vt?: boolean;
  readonly crt?: boolean;
  readonly cet?: boolean;
  readonly lt?: boolean;
  readonly ecz?: boolean;
  readonly rcz?: boolean;
  readonly cr?: boolean;
  readonly bom?: boolean;
  readonly log?: boolean;
  readonly czi?: number;
  readonly sui?: number;
  readonly eqs?: number;
  readonly rqs?: number;
  readonly dort?: number;
  readonly scui?: number;
  readonly lkl?: number;
  readonly lvs?: number;
  readonly lsv?: number;
  readonly lbc?: number;
  readonly ltlpt?: number;
  readonly ltl?: number;
  readonly bom_at?: number;
  readonly bom_rqp?: number;
  readonly bom_ra?: number;
  readonly bom_d?: number;
  readonly upcl?: number;
  readonly jte?: readonly string[];
}

const list = is.listOf('a list of texts', is.anyText);
const lists = is.recordOf('an object of lists', list);
const length = is.whole(1, 2000);
const count = is.whole(1, 500);

/**
 * What each key must be; any other value is ignored, the others hold. Every number has an end: no timer that is over at
 * once, no event of megabytes, whatever a server says.
 */
const RULES: Readonly<Record<keyof ServerSettings, is.Rule>> = {
  tracking: is.flag,
  networking: is.flag,
  st: is.flag,
  vt: is.flag,
  crt: is.flag,
  cet: is.flag,
  lt: is.flag,
  ecz: is.flag,
  rcz: is.flag,
  cr: is.flag,
  bom: is.flag,
  log: is.flag,
  czi: is.whole(15, 86_400),
  sui: is.whole(1, 86_400),
  eqs: is.whole(1, 10_000),
  rqs: is.whole(1, 100_000),
  dort: is.whole(0, 87_600),
  scui: is.whole(1, 168),
  lkl: length,
  lvs: length,
  lsv: count,
  lbc: is.whole(0, 500),
  ltlpt: count,
  ltl: length,
  bom_at: is.whole(1, 3600),
  bom_rqp: is.share,
  bom_ra: is.whole(1, 87_600),
  bom_d: is.whole(1, 86_400),
  upcl: is.whole(1, 10_000),
  eb: list,
  ew: list,
  upb: list,
  upw: list,
  sb: list,
  sw: list,
  jte: list,
  esb: lists,
  esw: lists,
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
