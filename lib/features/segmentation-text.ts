import { types } from 'node:util';
import { articled, counted, isList, isObject, isOpaque, isPlain, member, ownWord, primitiveOf } from '../check.js';
import { classes } from '../config/dialect.js';
import { type Limits, truncate } from '../config/limits.js';
import type { Reporter } from '../logger.js';
import { jsonString, storable } from '../protocol/json-text.js';

// The server removes dots and leading dollars from segment names (docs/protocol.md §4.3); doing it here keeps what is sent
// and what is stored the same. NUL breaks its database.
const NOT_KEPT = /^\$|[.\0]/;
// A server keeps 10 elements by default, and lists never reach aggregated data (docs/protocol.md §4.2).
const MAX_ELEMENTS = 100;
const MOST_NAMES = 500;

/** What decides over segments beside their values. */
export interface SegmentRules {
  readonly limits: Limits;
  readonly reporter: Reporter;
  /** The public call, for messages. */
  readonly call: string;
  /** Members the feature itself puts in front; they do not count towards the limit. */
  readonly leading?: string;
  /** Names that may stay. */
  readonly keep?: ((name: string) => boolean) | undefined;
  /** Told of every segment that is kept, with its value as JSON text. */
  readonly seen?: ((name: string, value: string) => void) | undefined;
  /** True where a server takes scalars only: lists then become text. */
  readonly scalars?: boolean;
}

/** A name of a segment, user property or trace, as the server keeps it. */
export function storedName(key: string, longest: number): string {
  const name = NOT_KEPT.test(key) ? key.replaceAll('.', '').replaceAll('\0', '').replace(/^\$+/, '') : key;
  return truncate(name, longest);
}

/** Names as they are sent. Few, for they come from code; the bound is for those that are made of data. */
const known = new Map<string, { readonly name: string; readonly text: string }>();
let knownLimits: Limits | undefined;

function sentName(key: string, limits: Limits): { readonly name: string; readonly text: string } {
  if (limits !== knownLimits || known.size >= MOST_NAMES) known.clear();
  knownLimits = limits;
  let sent = known.get(key);
  if (sent === undefined) {
    const name = storedName(key, limits.maxKeyLength);
    sent = { name, text: `${jsonString(name)}:` };
    if (key.length <= limits.maxKeyLength) known.set(key, sent);
  }
  return sent;
}

/**
 * Segments as the JSON object a server counts: at most so many, names and values cut to their limits, nothing nested,
 * nothing that would be stored as "[object Object]" or "null" (docs/protocol.md §13 rows 9–14). Never throws.
 *
 * @returns the JSON text, or undefined when nothing is left
 */
export function segmentationText(segmentation: unknown, rules: SegmentRules): string | undefined {
  const { limits, keep } = rules;
  let text = rules.leading ?? '';
  if (!isObject(segmentation)) {
    if (segmentation !== undefined && segmentation !== null) {
      warn(rules, 'segmentation', 'segmentation must be an object of key-value pairs; it is left out');
    }
    return text === '' ? undefined : `{${text}}`;
  }
  let count = 0;
  try {
    const members = asClassSays(segmentation, rules);
    for (const key of Object.keys(members)) {
      const { name, text: nameText } = sentName(key, limits);
      if (name === '' || (keep !== undefined && !keep(name))) continue;
      const value = valueText(member(members, key), rules, key);
      if (value === undefined) continue;
      if (count === limits.maxSegmentationValues) {
        warn(rules, 'segments', `only the first ${counted(count, 'segment')} of one entry are kept`);
        break;
      }
      rules.seen?.(name, value);
      text += text === '' ? nameText + value : `,${nameText}${value}`;
      count++;
    }
  } catch {
    // A proxy that does not let itself be listed; what was read so far stays.
    warn(rules, 'unreadable', 'a segmentation cannot be read completely');
  }
  return text === '' ? undefined : `{${text}}`;
}

/** A value as JSON text; undefined when a server cannot keep it. */
export function valueText(value: unknown, rules: SegmentRules, key: string): string | undefined {
  switch (typeof value) {
    case 'string':
    case 'bigint': {
      const text = jsonString(truncate(String(value), rules.limits.maxValueSize));
      return text === '""' ? undefined : text;
    }
    case 'number':
      return Number.isFinite(value) ? String(value) : unstorable(rules, key, String(value));
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      return value === null ? undefined : objectText(value, rules, key);
    case 'undefined':
      return undefined;
    default:
      return unstorable(rules, key, `a ${typeof value}`);
  }
}

function objectText(value: object, rules: SegmentRules, key: string): string | undefined {
  try {
    if (isList(value)) return listText(value, rules, key);
    if (types.isSet(value)) return listText([...value], rules, key);
    const isDate = types.isDate(value);
    if (isOpaque(value) && !isDate) return unstorable(rules, key, articled(nameOf(value)));
    const primitive = primitiveOf(value);
    if (primitive !== value) return valueText(primitive, rules, key);
    const word = ownWord(value);
    if (word === null) return undefined;
    // As everywhere: nobody said what of it may leave.
    if (isDate || (isObject(word) && !isPlain(word)) || asClassSays(value, rules) !== value) {
      return unstorable(rules, key, articled(nameOf(value)));
    }
    const problem = `segment "${truncate(key, 40)}" is an object, which Countly cannot break down`;
    warn(rules, 'object', `${problem}; its JSON text is used. Map it with a segmentation class instead`);
    const text = JSON.stringify(value, function (this: object, name, item: unknown) {
      return name !== '' && isHidden(member(this, name), item, rules) ? undefined : storable(name, item);
    });
    return typeof text === 'string' && text !== '' ? jsonString(truncate(text, rules.limits.maxValueSize)) : undefined;
  } catch {
    return warn(rules, 'value', `segment "${truncate(key, 40)}" cannot be read; it is left out`);
  }
}

/** An object, or of one whose class has decorators of class-transformer what those let out. */
export function asClassSays(object: object, { call, reporter }: Pick<SegmentRules, 'call' | 'reporter'>): object {
  if (isPlain(object)) return object;
  const tell = (problem: string, message: string) => reporter.warn(`${call}.${problem}`, `${call}: ${message}`);
  return classes.letOut(object, tell) ?? object;
}

/** Inside of an object, an instance of a class that nobody said of what may leave. */
function isHidden(value: unknown, word: unknown, rules: SegmentRules): boolean {
  if (!isObject(value) || !isObject(word) || isPlain(value)) return false;
  if (isPlain(word) && asClassSays(value, rules) === value) return false;
  warn(
    rules,
    'nested',
    `${articled(nameOf(value))} in an object is left out, because nothing says what of it may leave`,
  );
  return true;
}

function listText(list: readonly unknown[], rules: SegmentRules, key: string): string | undefined {
  const items: string[] = [];
  for (let i = 0; i < list.length && i < MAX_ELEMENTS; i++) {
    const item = primitiveOf(list[i]);
    if (item === null) continue;
    const text =
      typeof item === 'object' ? unstorable(rules, key, 'a list with objects in it') : valueText(item, rules, key);
    if (text !== undefined) items.push(text);
  }
  if (items.length === 0) return undefined;
  if (rules.scalars !== true) return `[${items.join(',')}]`;
  const text = items.map((item) => String(JSON.parse(item))).join(', ');
  return jsonString(truncate(text, rules.limits.maxValueSize));
}

function nameOf(value: object): string {
  const name: unknown = value.constructor?.name;
  return typeof name === 'string' && name !== '' ? truncate(name, 40) : 'object';
}

/** Segments with others behind them, so that their own are the ones kept when there are too many. Never throws. */
export function withDefaults(
  own: Record<string, unknown>,
  defaults: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  try {
    const rest = Object.entries(defaults).filter(([name]) => !Object.hasOwn(own, name));
    return rest.length === 0 ? own : { ...own, ...Object.fromEntries(rest) };
  } catch {
    return own;
  }
}

function unstorable(rules: SegmentRules, key: string, what: string): undefined {
  return warn(rules, what, `segment "${truncate(key, 40)}" is ${what}, which Countly cannot store; it is left out`);
}

/** Said once a kind: names may be made of data. */
function warn({ call, reporter }: SegmentRules, kind: string, said: string): undefined {
  reporter.warn(`${call}.${kind}`, `${call}: ${said}.`);
  return undefined;
}
