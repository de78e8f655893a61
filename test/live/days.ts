import { isRecord, memberOf, numberAt } from './json.js';

/**
 * The sum of a figure over all days. A server tells figures as years of months of days (`{"2026":{"11":{"29":{"c":3}}}}`),
 * each with totals of its own and, below the days, hours; only the days are added. With `value`, those of one value of a
 * segment, which lies between the day and the figure.
 */
export function sumOfDays(answer: unknown, figure: string, value?: string): number {
  let sum = 0;
  for (const year of numbered(answer)) {
    for (const month of numbered(year)) {
      for (const day of numbered(month)) {
        sum += numberAt(value === undefined ? day : memberOf(day, value), figure) ?? 0;
      }
    }
  }
  return sum;
}

/** The members whose names are numbers: years, months or days. */
function numbered(value: unknown): unknown[] {
  if (!isRecord(value)) return [];
  return Object.entries(value)
    .filter(([name]) => /^\d+$/.test(name))
    .map(([, member]) => member);
}
