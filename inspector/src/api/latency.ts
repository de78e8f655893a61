import type { CollectorParts } from '../http/collector.js';
import type { Durations } from '../numbers/durations.js';
import { VIEW_KEY } from '../numbers/event-numbers.js';
import type { RecentDurations } from '../numbers/recent-durations.js';
import { labelOf } from '../offers/method-table.js';
import type { ApiQuery } from './api-query.js';
import type { Window } from './contract/common.js';
import type { Latency } from './contract/numbers.js';
import { limitOf, oneOf, windowOf } from './question.js';

/** Names that are looked at for a window: of the others little can have come. */
const MOST_LOOKED_AT = 500;
const OF = ['traces', 'methods', 'events'] as const;
/** Durations are kept by the ten seconds, for half an hour. */
const STEPS: Readonly<Record<Window, { step: number; count: number }>> = {
  '1m': { step: 10_000, count: 6 },
  '5m': { step: 10_000, count: 30 },
  '30m': { step: 60_000, count: 30 },
  all: { step: 60_000, count: 30 },
};

interface Named {
  readonly id: string;
  readonly label: string;
  readonly durations: RecentDurations;
}

/** How long things took, and how that developed; with window `all` the series are of the last half hour. */
export function readLatency({ parts, search }: ApiQuery): Latency {
  const of = oneOf(search, 'of', OF, 'traces');
  const window = windowOf(search);
  const { step, count } = STEPS[window];
  const last = Math.floor(Date.now() / step) * step;
  const at = Array.from({ length: count }, (_, index) => last - (count - 1 - index) * step);
  const [from = 0] = at;
  const names = namedIn(parts, of)
    .sort((one, other) => other.durations.all.count - one.durations.all.count)
    .slice(0, MOST_LOOKED_AT)
    .map((named) => ({
      ...named,
      whole: window === 'all' ? named.durations.all : named.durations.between(from, Infinity),
    }))
    .filter(({ whole }) => whole.count > 0)
    .sort((one, other) => other.whole.count - one.whole.count)
    .slice(0, limitOf(search, 50, 200));
  return {
    of,
    window,
    step,
    at,
    names: names.map(({ id, label, durations, whole }) => ({
      id,
      label,
      ...summary(whole),
      max: whole.max ?? 0,
      series: durations.slots(from, step, count).map((slot) => (slot === undefined ? null : summary(slot))),
    })),
  };
}

function summary(durations: Durations): { count: number; p50: number; p95: number } {
  const [p50, p95] = durations.percentiles(0.5, 0.95);
  return { count: durations.count, p50: p50 ?? 0, p95: p95 ?? 0 };
}

function namedIn({ numbers, book, methods }: CollectorParts, of: (typeof OF)[number]): Named[] {
  switch (of) {
    case 'traces':
      return [...numbers.traces.names].map(([id, { name, durations }]) => ({ id, label: name, durations }));
    case 'events':
      return [...numbers.events.keys.values()].flatMap(({ key, durations }) =>
        durations === undefined || key === VIEW_KEY ? [] : [{ id: key, label: key, durations }],
      );
    case 'methods':
      return [...book.methods].flatMap(([id, { durations }]) => {
        const row = methods.find(id);
        return row === undefined ? [] : [{ id: String(id), label: labelOf(row), durations }];
      });
  }
}
