import type { TimeLine } from '../numbers/time-line.js';
import type { ApiQuery } from './api-query.js';
import type { Window } from './contract/common.js';
import type { Series } from './contract/numbers.js';
import { windowOf } from './question.js';

const SLOTS = 60;
const SECOND_MS = 1000;
/** Widths of slots that people can read on an axis. */
const STEPS_MS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400].map(
  (seconds) => seconds * SECOND_MS,
);
const WIDTHS: Readonly<Record<Exclude<Window, 'all'>, number>> = { '1m': 60_000, '5m': 300_000, '30m': 1_800_000 };

/** How many came when. */
export function readSeries({ parts, search }: ApiQuery): Series {
  const window = windowOf(search);
  const { timeLine } = parts.numbers;
  const { step, at } = slotsOf(window, timeLine, Date.now());
  return { window, step, at, ...timeLine.sums(at[0] ?? 0, step, at.length) };
}

/** The slots of a chart; the last one is the one that is filling. */
export function slotsOf(window: Window, timeLine: TimeLine, now: number): { step: number; at: number[] } {
  const width = window === 'all' ? Math.max(60_000, now - (timeLine.since ?? now)) : WIDTHS[window];
  const step = STEPS_MS.find((one) => one * SLOTS >= width) ?? Math.ceil(width / SLOTS / 86_400_000) * 86_400_000;
  const count = Math.max(2, Math.ceil(width / step) + (window === 'all' ? 1 : 0));
  const last = Math.floor(now / step) * step;
  return { step, at: Array.from({ length: count }, (_, index) => last - (count - 1 - index) * step) };
}
