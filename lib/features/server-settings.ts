import type { FilterLists } from './feature.js';

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

type Test = (value: unknown) => boolean;

const flag: Test = (value) => typeof value === 'boolean';
const least =
  (min: number): Test =>
  (value) =>
    Number.isInteger(value) && (value as number) >= min;
const share: Test = (value) => typeof value === 'number' && value >= 0 && value <= 1;
const list: Test = (value) => Array.isArray(value) && value.every((item) => typeof item === 'string');
const lists: Test = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(list);

/** What each key must be; a value of another type is ignored, the others hold. */
const TESTS: Readonly<Record<keyof ServerSettings, Test>> = {
  tracking: flag,
  networking: flag,
  st: flag,
  vt: flag,
  crt: flag,
  cet: flag,
  lt: flag,
  ecz: flag,
  rcz: flag,
  cr: flag,
  bom: flag,
  log: flag,
  czi: least(15),
  sui: least(1),
  eqs: least(1),
  rqs: least(1),
  dort: least(0),
  scui: least(1),
  lkl: least(1),
  lvs: least(1),
  lsv: least(1),
  lbc: least(0),
  ltlpt: least(1),
  ltl: least(1),
  bom_at: least(1),
  bom_rqp: share,
  bom_ra: least(1),
  bom_d: least(1),
  upcl: least(1),
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

/** Reads an answer `{ v, t, c }`; undefined when it is none. Unknown keys and wrong types are left out. */
export function readServerSettings(answer: unknown): ServerSettings | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined;
  const { v, t, c } = answer as Record<string, unknown>;
  if (typeof v !== 'number' || typeof t !== 'number') return undefined;
  if (typeof c !== 'object' || c === null || Array.isArray(c)) return undefined;
  const known = Object.entries(c).filter(
    ([key, value]) => Object.hasOwn(TESTS, key) && TESTS[key as keyof ServerSettings](value),
  );
  return Object.freeze(Object.fromEntries(known)) as ServerSettings;
}
