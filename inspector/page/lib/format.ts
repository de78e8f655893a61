const whole = new Intl.NumberFormat('en');
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const day = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric' });

type Maybe<Value> = Value | null | undefined;

export function number(value: Maybe<number>): string {
  return value === null || value === undefined ? '–' : whole.format(value);
}

/** Large numbers in a few characters; `number` gives the exact one. */
export function compact(value: Maybe<number>): string {
  if (value === null || value === undefined) return '–';
  return Math.abs(value) < 10_000 ? whole.format(value) : short.format(value);
}

export function decimal(value: Maybe<number>): string {
  return value === null || value === undefined ? '–' : whole.format(Math.round(value * 100) / 100);
}

export function percent(part: number, whole: number): string {
  if (whole === 0) return '–';
  const share = (part / whole) * 100;
  return `${share > 0 && share < 10 ? Math.round(share * 10) / 10 : Math.round(share)} %`;
}

/** A duration in milliseconds, with three figures at most. */
export function duration(ms: Maybe<number>): string {
  if (ms === null || ms === undefined) return '–';
  if (ms === 0) return '0 s';
  if (ms < 1) return `${Math.round(ms * 1000)} µs`;
  if (ms < 10) return `${Math.round(ms * 10) / 10} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${Math.round(ms / 100) / 10} s`;
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
  return `${Math.floor(ms / 3_600_000)} h ${Math.round((ms % 3_600_000) / 60_000)} min`;
}

export function bytes(count: Maybe<number>): string {
  if (count === null || count === undefined) return '–';
  if (count < 1024) return `${count} B`;
  if (count < 1024 * 1024) return `${Math.round(count / 102.4) / 10} KB`;
  return `${Math.round(count / 104857.6) / 10} MB`;
}

/** Time of day; with the date when it is not today. */
export function time(ms: number): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return '–';
  const today = new Date().toDateString() === date.toDateString();
  return today ? clock.format(date) : `${day.format(date)} ${clock.format(date)}`;
}

export function iso(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? String(ms) : date.toISOString();
}

export function ago(ms: number, now = Date.now()): string {
  const seconds = Math.max(0, Math.round((now - ms) / 1000));
  if (seconds < 2) return 'now';
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${number(count)} ${count === 1 ? one : many}`;
}

/** A value of a segmentation or profile in one line. */
export function value(any: unknown): string {
  return typeof any === 'string' ? any : (JSON.stringify(any) ?? '');
}
