import { type Limits, truncate } from '../config/limits.js';
import type { Reporter } from '../logger.js';
import { jsonString } from '../protocol/json-text.js';

// The server removes dots and leading dollars from segment names (contract §4.3); doing it here keeps what is sent and
// what is stored the same.
const DOTS = /\./g;
const LEADING_DOLLARS = /^\$+/;

/**
 * Segments as the JSON object a server counts: at most so many, names and values cut to their limits, nothing nested,
 * nothing that would be stored as "[object Object]" or "null" (contract §13 rows 9–14).
 *
 * @returns the JSON text, or undefined when nothing is left
 */
export function segmentationText(
  segmentation: unknown,
  limits: Limits,
  reporter: Reporter,
  call: string,
  leading = '',
): string | undefined {
  let text = leading;
  if (segmentation !== undefined && segmentation !== null) {
    if (typeof segmentation !== 'object' || Array.isArray(segmentation)) {
      reporter.warn(
        `${call}.segmentation`,
        `${call}: segmentation must be an object of key-value pairs; it is left out.`,
      );
    } else {
      text = membersText(segmentation as Record<string, unknown>, limits, reporter, call, leading);
    }
  }
  return text === '' ? undefined : `{${text}}`;
}

function membersText(
  segmentation: Record<string, unknown>,
  limits: Limits,
  reporter: Reporter,
  call: string,
  leading: string,
): string {
  let text = leading;
  let count = 0;
  for (const key in segmentation) {
    if (!Object.hasOwn(segmentation, key)) continue;
    const value = valueText(read(segmentation, key), limits, reporter, call, key);
    if (value === undefined) continue;
    const name = segmentName(key, limits);
    if (name === '') continue;
    if (count === limits.maxSegmentationValues) {
      reporter.warn(`${call}.segments`, `${call}: only the first ${count} segments of one entry are kept.`);
      break;
    }
    count++;
    text += text === '' ? `${jsonString(name)}:${value}` : `,${jsonString(name)}:${value}`;
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

function segmentName(key: string, limits: Limits): string {
  const name = key.includes('.') || key.startsWith('$') ? key.replace(DOTS, '').replace(LEADING_DOLLARS, '') : key;
  return truncate(name, limits.maxKeyLength);
}

function valueText(value: unknown, limits: Limits, reporter: Reporter, call: string, key: string): string | undefined {
  switch (typeof value) {
    case 'string':
      return value === '' ? undefined : jsonString(truncate(value, limits.maxValueSize));
    case 'number':
      if (Number.isFinite(value)) return String(value);
      reporter.warn(
        `${call}.${key}`,
        `${call}: segment "${key}" is ${value}, which Countly cannot store; it is left out.`,
      );
      return undefined;
    case 'boolean':
      return value ? 'true' : 'false';
    case 'bigint':
      return jsonString(truncate(String(value), limits.maxValueSize));
    case 'object':
      return value === null ? undefined : objectText(value, limits, reporter, call, key);
    default:
      return undefined;
  }
}

function objectText(value: object, limits: Limits, reporter: Reporter, call: string, key: string): string | undefined {
  try {
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : jsonString(value.toISOString());
    if (Array.isArray(value)) {
      const items = value.map((item) =>
        typeof item === 'object' ? undefined : valueText(item, limits, reporter, call, key),
      );
      return `[${items.filter((item) => item !== undefined).join(',')}]`;
    }
    reporter.warn(
      `${call}.${key}`,
      `${call}: segment "${key}" is an object, which Countly cannot break down; its JSON text is used. Map it with a segmentation class instead.`,
    );
    return jsonString(truncate(JSON.stringify(value) ?? '', limits.maxValueSize));
  } catch {
    reporter.warn(`${call}.${key}`, `${call}: segment "${key}" cannot be read; it is left out.`);
    return undefined;
  }
}
