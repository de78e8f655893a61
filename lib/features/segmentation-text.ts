import { type Limits, truncate } from '../config/limits.js';
import type { Reporter } from '../logger.js';
import { jsonString } from '../protocol/json-text.js';

// The server removes dots and leading dollars from segment names (contract §4.3); doing it here keeps what is sent and
// what is stored the same.
const DOTS = /\./g;
const LEADING_DOLLARS = /^\$+/;
// A server keeps 10 elements by default, and lists never reach aggregated data (contract §4.2).
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
 * nothing that would be stored as "[object Object]" or "null" (contract §13 rows 9–14). Never throws.
 *
 * @returns the JSON text, or undefined when nothing is left
 */
export function segmentationText(segmentation: unknown, rules: SegmentRules): string | undefined {
  const leading = rules.leading ?? '';
  let text = leading;
  if (segmentation !== undefined && segmentation !== null) {
    if (typeof segmentation === 'object' && !Array.isArray(segmentation)) {
      text = membersText(segmentation as Record<string, unknown>, rules, leading);
    } else {
      const { call } = rules;
      rules.reporter.warn(
        `${call}.segmentation`,
        `${call}: segmentation must be an object of key-value pairs; it is left out.`,
      );
    }
  }
  return text === '' ? undefined : `{${text}}`;
}

function membersText(segmentation: Record<string, unknown>, rules: SegmentRules, leading: string): string {
  const { limits, keep } = rules;
  let text = leading;
  let count = 0;
  try {
    for (const key in segmentation) {
      if (!Object.hasOwn(segmentation, key)) continue;
      const name = segmentName(key, limits);
      if (name === '' || (keep !== undefined && !keep(name))) continue;
      const value = valueText(read(segmentation, key), rules, key);
      if (value === undefined) continue;
      if (count === limits.maxSegmentationValues) {
        rules.reporter.warn(
          `${rules.call}.segments`,
          `${rules.call}: only the first ${count} segments of one entry are kept.`,
        );
        break;
      }
      count++;
      text += text === '' ? `${jsonString(name)}:${value}` : `,${jsonString(name)}:${value}`;
    }
  } catch {
    // A proxy that does not let itself be listed; what was read so far stays.
    rules.reporter.warn(`${rules.call}.unreadable`, `${rules.call}: a segmentation cannot be read completely.`);
  }
  return text;
}

function read(segmentation: Record<string, unknown>, key: string): unknown {
  try {
    return segmentation[key];
  } catch {
    return undefined;
  }
}

/** A name of a segment or user property, as the server keeps it. */
export function segmentName(key: string, limits: Limits): string {
  const name = key.includes('.') || key.startsWith('$') ? key.replace(DOTS, '').replace(LEADING_DOLLARS, '') : key;
  return truncate(name, limits.maxKeyLength);
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
