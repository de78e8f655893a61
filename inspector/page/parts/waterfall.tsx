import type { TimelineItem } from '../../src/api/contract/people.js';
import { duration, time } from '../lib/format.js';
import { openDrawer } from '../lib/route.js';
import { Badge, Chips, When } from './bits.js';

/** So long a silence begins another stretch, with a scale of its own: a day on one scale is a row of dots. */
const SILENCE_MS = 60_000;

export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly items: readonly TimelineItem[];
}

/** What happened on a scale of time: bars for what took time, marks for what did not. The latest stretch first. */
export function Waterfall({ items }: { items: readonly TimelineItem[] }) {
  return (
    <div class="waterfall">
      {stretchesOf(items)
        .reverse()
        .map((stretch) => (
          <StretchView key={stretch.from} stretch={stretch} />
        ))}
    </div>
  );
}

/** Ascending; each lasts until its last item, and what goes on beyond that is cut there. */
export function stretchesOf(items: readonly TimelineItem[]): Stretch[] {
  const stretches: { from: number; to: number; items: TimelineItem[] }[] = [];
  for (const item of withConsentAtOnce([...items].sort((one, other) => one.from - other.from))) {
    const current = stretches.at(-1);
    // A session or a view goes on while nothing happens.
    const ends = item.kind === 'trace' || item.kind === 'event' ? Math.max(item.from, item.to ?? 0) : item.from;
    if (current === undefined || item.from - current.to > SILENCE_MS)
      stretches.push({ from: item.from, to: ends, items: [item] });
    else {
      current.items.push(item);
      current.to = Math.max(current.to, ends);
    }
  }
  return stretches;
}

/** A person agrees to a dozen features with one click; that is one thing that happened. */
function withConsentAtOnce(items: readonly TimelineItem[]): TimelineItem[] {
  const joined: TimelineItem[] = [];
  for (const item of items) {
    const before = joined.at(-1);
    const isSame = item.kind === 'consent' && before?.kind === 'consent' && before.request_id === item.request_id;
    if (isSame) joined[joined.length - 1] = { ...before, label: `${before.label}  ${item.label}` };
    else joined.push(item.kind === 'consent' ? { ...item, bad: false } : item);
  }
  return joined;
}

function StretchView({ stretch }: { stretch: Stretch }) {
  const { from, to, items } = stretch;
  return (
    <section class="stretch">
      <h4>
        {time(from)} <span class="faint">{to > from ? duration(to - from) : ''}</span>
        <span class="scale" aria-hidden="true">
          <span>0</span>
          <span>{duration((to - from) / 2)}</span>
          <span>{duration(to - from)}</span>
        </span>
      </h4>
      <ol>
        {items.map((item) => (
          <Line key={`${item.kind}-${item.id}`} item={item} stretch={stretch} />
        ))}
      </ol>
    </section>
  );
}

function Line({ item, stretch }: { item: TimelineItem; stretch: Stretch }) {
  const { kind, id, label, bad, from, to } = item;
  const lasts = to === null ? null : to - from;
  const data = item.data as { segmentation?: unknown; details?: unknown; message?: unknown };
  return (
    <li class={`wave kind-${kind}${bad ? ' wave-bad' : ''}`} data-testid="timeline-row">
      <span class="wave-time">
        <When at={from} />
      </span>
      <Badge kind={kind} />
      <span class="wave-label">
        <button
          type="button"
          class="link"
          title={kind === 'consent' ? label : undefined}
          onClick={() => openDrawer(kind, id)}
        >
          {label || kind}
        </button>
        {kind === 'problem' && <span class="note">{String(data.message ?? '')}</span>}
        <Chips of={kind === 'event' ? data.segmentation : data.details} limit={4} />
      </span>
      <span class="track" title={lasts === null ? 'not over yet' : lasts > 0 ? duration(lasts) : undefined}>
        <Bar item={item} stretch={stretch} />
      </span>
      <span class="wave-lasts">{lasts === null ? 'running' : lasts > 0 ? duration(lasts) : ''}</span>
    </li>
  );
}

function Bar({ item: { from, to }, stretch }: { item: TimelineItem; stretch: Stretch }) {
  const whole = Math.max(1, stretch.to - stretch.from);
  const left = ((from - stretch.from) / whole) * 100;
  const end = Math.min(to ?? stretch.to, stretch.to);
  const width = (Math.max(0, end - from) / whole) * 100;
  const goesOn = to === null || to > stretch.to;
  if (width < 0.6) return <span class="mark" style={{ left: `${Math.min(99, left)}%` }} />;
  return <span class={goesOn ? 'wave-bar goes-on' : 'wave-bar'} style={{ left: `${left}%`, width: `${width}%` }} />;
}
