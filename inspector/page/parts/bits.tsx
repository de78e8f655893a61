import type { ComponentChildren } from 'preact';
import { ago, iso, plural, time, value } from '../lib/format.js';
import { hrefTo } from '../lib/route.js';

const KIND_LABELS: Readonly<Record<string, string>> = {
  event: 'Event',
  view: 'View',
  session: 'Session',
  crash: 'Error',
  error: 'Error',
  trace: 'Trace',
  problem: 'Contract',
  consent: 'Consent',
  profile: 'Profile',
  merge: 'Merge',
  request: 'Request',
};
const LEVELS: Readonly<Record<string, string>> = { E: 'Error', W: 'Warning', N: 'Note' };

export function Badge({ kind, children }: { kind: string; children?: ComponentChildren }) {
  return <span class={`badge badge-${kind}`}>{children ?? KIND_LABELS[kind] ?? kind}</span>;
}

/** How bad a finding of the contract checks is. */
export function Level({ code }: { code: string }) {
  return <span class={`badge level-${code}`}>{LEVELS[code] ?? code}</span>;
}

export function DeviceLink({ id }: { id: unknown }) {
  if (typeof id !== 'string' || id === '') return <span class="faint">–</span>;
  return (
    <a class="device" href={hrefTo('people', id)} title={id}>
      {id}
    </a>
  );
}

export function When({ at }: { at: number }) {
  return (
    <time dateTime={iso(at)} title={`${iso(at)} (${ago(at)})`}>
      {time(at)}
    </time>
  );
}

/** Names and values, small; all of them are in the title. */
export function Chips({ of, limit = 6 }: { of: unknown; limit?: number }) {
  if (typeof of !== 'object' || of === null) return null;
  const pairs = Object.entries(of).filter(([, any]) => any !== undefined);
  if (pairs.length === 0) return null;
  const rest = pairs.length - limit;
  return (
    <span
      class="chips"
      title={pairs
        .map(([name, any]) => `${name}: ${value(any)}`)
        .join('\n')
        .slice(0, 2000)}
    >
      {pairs.slice(0, limit).map(([name, any]) => (
        <span class="chip" key={name}>
          <span class="chip-name">{name}</span> {value(any).slice(0, 200)}
        </span>
      ))}
      {rest > 0 && <span class="chip faint">+{rest}</span>}
    </span>
  );
}

export type Fact = readonly [name: string, value: ComponentChildren];

/** Names and values below each other; what has no value is left out. */
export function Facts({ of }: { of: readonly Fact[] }) {
  const known = of.filter(([, any]) => any !== null && any !== undefined && any !== '' && any !== false);
  return (
    <dl class="facts">
      {known.map(([name, any]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{any}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Nothing is here yet: what would be, and what to do for it. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children}
    </div>
  );
}

export interface CardProps {
  readonly title: ComponentChildren;
  /** Stands at the right of the title. */
  readonly aside?: ComponentChildren;
  readonly children: ComponentChildren;
  readonly class?: string;
  readonly testid?: string;
}

export function Card({ title, aside, children, class: more = '', testid }: CardProps) {
  return (
    <section class={`card ${more}`} data-testid={testid}>
      <header class="card-head">
        <h3>{title}</h3>
        {aside}
      </header>
      {children}
    </section>
  );
}

/** The first is what one came for, the second says how much more there is. */
export function Amount({ count, one, many }: { count: number; one: string; many?: string }) {
  return <span class="faint">{plural(count, one, many)}</span>;
}

/** A share of the largest, as a bar; the number beside it says the same. */
export function Meter({ share, kind = 'accent' }: { share: number; kind?: string }) {
  return (
    <span class={`meter meter-${kind}`} aria-hidden="true">
      <span style={{ width: `${Math.max(1, Math.min(1, share) * 100)}%` }} />
    </span>
  );
}

/** Why there is nothing to see. */
export function Trouble({ error }: { error: string | undefined }) {
  return error === undefined ? null : (
    <p class="trouble" role="status">
      {error}
    </p>
  );
}
