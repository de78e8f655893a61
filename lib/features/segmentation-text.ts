import { type Limits, truncate } from '../config/limits.js';
import type { Reporter } from '../logger.js';
import { flatText, isPlain, jsonString } from '../protocol/json-text.js';
import type { Opening } from './opening.js';
import { type SegmentName, segmentNames } from './segment-names.js';

// Inside a loop over the names V8 answers this by itself; `Object.hasOwn` is a call each time.
const isOwn = Object.prototype.hasOwnProperty;
// V8 copies what is cut out of a text up to this length; a longer piece would keep the whole text in memory.
const LONGEST_COPIED = 12;
// A server keeps 10 elements by default, and lists never reach aggregated data (docs/protocol.md §4.2).
const MAX_ELEMENTS = 100;

/** What decides over segments beside their values. */
export interface SegmentRules {
  readonly limits: Limits;
  readonly reporter: Reporter;
  /** The public call, for messages. */
  readonly call: string;
  /** Members the feature itself puts in front; they count as kept. */
  readonly leading?: string;
  /** Names that may stay. */
  readonly keep?: ((name: string) => boolean) | undefined;
  /** True where a server takes scalars only: lists then become text. */
  readonly scalars?: boolean;
}

/**
 * Segments as the JSON object a server counts: at most so many, names and values cut to their limits, nothing nested,
 * nothing that would be stored as "[object Object]" or "null" (docs/protocol.md §13 rows 9–14). Never throws.
 *
 * @returns the JSON text, or undefined when nothing is left
 */
export function segmentationText(segmentation: unknown, rules: SegmentRules): string | undefined {
  return textOf(segmentation, rules, undefined);
}

/**
 * The same behind the text of `opening`, which knows what events before had in common: `opening.reached` is that part.
 *
 * @returns what follows on it, or undefined when nothing is left of the segments
 */
export function openedText(opening: Opening, segmentation: unknown, rules: SegmentRules): string | undefined {
  return textOf(segmentation, rules, opening);
}

function textOf(segmentation: unknown, rules: SegmentRules, opening: Opening | undefined): string | undefined {
  const { leading } = rules;
  if (typeof segmentation === 'object' && segmentation !== null && !Array.isArray(segmentation)) {
    return membersText(segmentation as Record<string, unknown>, rules, opening);
  }
  if (segmentation !== undefined && segmentation !== null) {
    const { call } = rules;
    rules.reporter.warn(
      `${call}.segmentation`,
      `${call}: segmentation must be an object of key-value pairs; it is left out.`,
    );
  }
  return leading === undefined || leading === '' ? undefined : `{${leading}}`;
}

function membersText(
  segmentation: Record<string, unknown>,
  rules: SegmentRules,
  opening: Opening | undefined,
): string | undefined {
  const { limits, keep, leading } = rules;
  const { maxValueSize, maxSegmentationValues } = limits;
  const names = segmentNames(limits);
  let reached = '';
  let text = leading === undefined || leading === '' ? '' : `{${leading}`;
  let count = 0;
  /** What is in common so far, as long as it is all there is. */
  let common = opening;
  /** The last value is a text whose closing quote is still missing. */
  let open = false;
  let before: SegmentName | undefined;
  try {
    for (const key in segmentation) {
      if (!isOwn.call(segmentation, key)) continue;
      // Events of one key mostly have the same segments in the same order.
      const name: SegmentName = before?.follower?.key === key ? before.follower : names.after(before, key);
      before = name;
      if (name.name === '' || (keep !== undefined && !keep(name.name))) continue;
      let value: unknown;
      try {
        value = segmentation[key];
      } catch {
        continue;
      }
      if (typeof value === 'string' && value !== '' && value.length <= maxValueSize && isPlainValue(name, value)) {
        if (count === maxSegmentationValues) {
          tellTooMany(rules, count);
          break;
        }
        if (common !== undefined) {
          const further: Opening | undefined = common.withText(name, value);
          if (further === undefined) {
            reached = common.upToText(name);
            text = value;
          }
          common = further;
        } else if (open) text += plainAfterText(name, value);
        else if (text !== '') text += nextPlain(name, value);
        else text = name.firstText + value;
        open = true;
      } else {
        const json = valueText(value, rules, key);
        if (json === undefined) continue;
        if (count === maxSegmentationValues) {
          tellTooMany(rules, count);
          break;
        }
        if (common !== undefined) {
          reached = common.upTo(name);
          text = json;
          common = undefined;
        } else if (text !== '') text += (open ? name.afterText : name.next) + json;
        else text = name.first + json;
        open = false;
      }
      count++;
    }
  } catch {
    // A proxy that does not let itself be listed; what was read so far stays.
    rules.reporter.warn(`${rules.call}.unreadable`, `${rules.call}: a segmentation cannot be read completely.`);
  }
  if (opening !== undefined) {
    if (common === opening) return undefined;
    opening.reached = common?.text ?? reached;
  } else if (text === '') return undefined;
  return text + (open ? '"}' : '}');
}

function isPlainValue(name: SegmentName, value: string): boolean {
  if (name.plain === value) {
    name.again = true;
    return true;
  }
  if (!isPlain(value)) return false;
  name.plain = value.length <= LONGEST_COPIED ? value : '';
  name.again = false;
  name.nextPlain = undefined;
  name.plainAfterText = undefined;
  return true;
}

function nextPlain(name: SegmentName, value: string): string {
  if (!name.again) return name.nextText + value;
  name.nextPlain ??= flatText(name.nextText, value);
  return name.nextPlain;
}

function plainAfterText(name: SegmentName, value: string): string {
  if (!name.again) return name.textAfterText + value;
  name.plainAfterText ??= flatText(name.textAfterText, value);
  return name.plainAfterText;
}

function tellTooMany({ call, reporter }: SegmentRules, count: number): void {
  reporter.warn(`${call}.segments`, `${call}: only the first ${count} segments of one entry are kept.`);
}

/** A value as JSON text; undefined when a server cannot keep it. */
export function valueText(value: unknown, rules: SegmentRules, key: string): string | undefined {
  switch (typeof value) {
    case 'string':
      return value === '' ? undefined : jsonString(truncate(value, rules.limits.maxValueSize));
    case 'number':
      if (Number.isFinite(value)) return String(value);
      rules.reporter.warn(
        `${rules.call}.${key}`,
        `${rules.call}: segment "${truncate(key, 40)}" is ${value}, which Countly cannot store; it is left out.`,
      );
      return undefined;
    case 'boolean':
      return value ? 'true' : 'false';
    case 'bigint':
      return jsonString(truncate(String(value), rules.limits.maxValueSize));
    case 'object':
      return value === null ? undefined : objectText(value, rules, key);
    case 'function':
    case 'symbol':
      rules.reporter.warn(
        `${rules.call}.${key}`,
        `${rules.call}: segment "${truncate(key, 40)}" is a ${typeof value}, which Countly cannot store; it is left out.`,
      );
      return undefined;
    default:
      return undefined;
  }
}

function objectText(value: object, rules: SegmentRules, key: string): string | undefined {
  const { call, reporter, limits } = rules;
  try {
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : jsonString(value.toISOString());
    if (Array.isArray(value)) return listText(value, rules, key);
    reporter.warn(
      `${call}.${key}`,
      `${call}: segment "${truncate(key, 40)}" is an object, which Countly cannot break down; its JSON text is used. Map it with a segmentation class instead.`,
    );
    const text = JSON.stringify(value);
    return typeof text === 'string' && text !== '' ? jsonString(truncate(text, limits.maxValueSize)) : undefined;
  } catch {
    reporter.warn(`${call}.${key}`, `${call}: segment "${truncate(key, 40)}" cannot be read; it is left out.`);
    return undefined;
  }
}

function listText(list: readonly unknown[], rules: SegmentRules, key: string): string | undefined {
  const items: string[] = [];
  for (let i = 0; i < list.length && i < MAX_ELEMENTS; i++) {
    const item = list[i];
    const text = typeof item === 'object' ? undefined : valueText(item, rules, key);
    if (text !== undefined) items.push(text);
  }
  if (items.length === 0) return undefined;
  if (rules.scalars !== true) return `[${items.join(',')}]`;
  const text = items.map((item) => String(JSON.parse(item))).join(', ');
  return jsonString(truncate(text, rules.limits.maxValueSize));
}
