import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { isList, isObject, member } from '../check.js';
import type { MatcherResult } from './expected.js';
import type { RecordedEntry } from './recorded-entries.js';

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;
/** What differs from one run to the next, whatever the program does. */
const OF_TIME = new Set(['dur', 'duration', 'response_time', 'session_duration', 'timestamp']);
/** What differs from one machine to the next. */
const OF_MACHINE = new Set(['stack', 'metrics_of_machine']);

/**
 * What was recorded, as it is compared: without times, machines and made ids. Those that are UUIDs get numbers, so that two
 * different ones stay different. Devices stand in the order of their names, and the entries of each in order.
 */
export function goldenFlow(entries: readonly RecordedEntry[]): readonly unknown[] {
  const ids = new Map<string, string>();
  const named = (id: string): string => {
    const known = ids.get(id.toLowerCase()) ?? `<id ${ids.size + 1}>`;
    ids.set(id.toLowerCase(), known);
    return known;
  };
  const stable = (value: unknown, name = ''): unknown => {
    if (OF_TIME.has(name) && typeof value === 'number') return '<time>';
    if (typeof value === 'string') return value.replace(UUID, named);
    if (isList(value)) return value.map((item) => stable(item));
    if (!isObject(value)) return value;
    const members = Object.entries(value).filter(([key]) => !OF_MACHINE.has(key));
    return Object.fromEntries(
      members.sort(([one], [other]) => (one < other ? -1 : 1)).map(([key, item]) => [key, stable(item, key)]),
    );
  };
  const isMade = (id: string): number => (id.match(UUID) === null ? 0 : 1);
  const devices = [...new Set(entries.map(({ deviceId }) => deviceId ?? ''))].sort(
    (one, other) => isMade(one) - isMade(other) || (isMade(one) === 0 && one < other ? -1 : 0),
  );
  return devices.flatMap((device) =>
    entries
      .filter(({ deviceId }) => (deviceId ?? '') === device)
      .map(({ kind, name, segmentation, fields }) => {
        // A session tells of the machine.
        const { metrics, ...others } = fields;
        const kept = kind === 'request' ? others : fields;
        return stable({
          device,
          kind,
          name,
          ...(Object.keys(segmentation).length > 0 ? { segmentation } : {}),
          ...(kind === 'request' && metrics !== undefined ? { metrics: '<machine>' } : {}),
          ...kept,
        });
      }),
  );
}

/** Compares with a file, or writes it when the run was asked to update. */
export function matchGoldenFlow(entries: readonly RecordedEntry[], file: string, runner: unknown): MatcherResult {
  if (typeof file !== 'string' || file === '') throw new TypeError('expected the path of a golden file.');
  const came = goldenFlow(entries).map((entry) => JSON.stringify(entry));
  if (updates(runner)) {
    mkdirSync(dirname(file), { recursive: true });
    const lines = goldenFlow(entries).map((entry) => `  ${JSON.stringify(entry)}`);
    writeFileSync(file, lines.length === 0 ? '[]\n' : `[\n${lines.join(',\n')}\n]\n`);
    return { pass: true, message: () => `${file} was written` };
  }
  const advice = 'Run the tests with --update, or with COUNTLY_UPDATE_GOLDEN=1, to accept what came.';
  if (!existsSync(file)) return { pass: false, message: () => `there is no golden file ${file}. ${advice}` };
  const accepted = readGolden(file);
  const lines = difference(accepted, came);
  const pass = lines.every((line) => line.startsWith('  '));
  return {
    pass,
    message: () =>
      pass
        ? `expected another flow than ${file} says`
        : `the flow is not what ${file} says (- accepted, + came):\n${lines.join('\n')}\n${advice}`,
  };
}

function readGolden(file: string): string[] {
  let golden: unknown;
  try {
    golden = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw new TypeError(`expected ${file} to hold a JSON list, got something else.`);
  }
  if (!isList(golden)) throw new TypeError(`expected ${file} to hold a JSON list, got something else.`);
  return golden.map((entry) => JSON.stringify(entry));
}

/** Vitest and Jest tell matchers whether they run with `--update`; where there is no such thing the environment does. */
function updates(runner: unknown): boolean {
  if (member(member(runner, 'snapshotState'), '_updateSnapshot') === 'all') return true;
  return /^(1|true|yes|on)$/i.test(process.env['COUNTLY_UPDATE_GOLDEN'] ?? '') || process.argv.includes('--update');
}

/** The longest common lines, and what is gone and new between them. */
function difference(before: readonly string[], after: readonly string[]): string[] {
  const lengths = Array.from({ length: before.length + 1 }, () => new Array<number>(after.length + 1).fill(0));
  const at = (i: number, j: number): number => lengths[i]?.[j] ?? 0;
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      (lengths[i] as number[])[j] =
        before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: string[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    if (i < before.length && before[i] === after[j]) lines.push(`  ${before[i++]}`) && j++;
    else if (j >= after.length || (i < before.length && at(i + 1, j) >= at(i, j + 1))) lines.push(`- ${before[i++]}`);
    else lines.push(`+ ${after[j++]}`);
  }
  return lines;
}
