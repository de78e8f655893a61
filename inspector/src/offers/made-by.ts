import type { MadeKind } from '../api/contract/common.js';

export type { MadeKind };

export const MADE_KINDS: readonly MadeKind[] = [
  'event',
  'view',
  'error',
  'trace',
  'session',
  'profile',
  'consent',
  'merge',
];

/** Which table holds what was made, and what its rows are called by. */
export const MADE_TABLES: Readonly<Record<MadeKind, { readonly table: string; readonly label: string }>> = {
  event: { table: 'events', label: 'key' },
  view: { table: 'views', label: 'name' },
  error: { table: 'crashes', label: 'coalesce(group_hash, name)' },
  trace: { table: 'traces', label: "type || ' ' || name" },
  session: { table: 'sessions', label: "'session'" },
  profile: { table: 'profile_changes', label: "'user details'" },
  consent: { table: 'consent_changes', label: "iif(granted, '+ ', '− ') || feature" },
  merge: { table: 'merges', label: "'merge'" },
};

interface Link {
  readonly kind: MadeKind;
  readonly key: string;
  readonly method: number;
  count: number;
}

/** How many of each key each method made, in both directions. */
export class MadeBy {
  readonly #byKey = new Map<string, Map<number, Link>>();
  readonly #byMethod = new Map<number, Set<Link>>();

  add(kind: MadeKind, key: string, method: number, count = 1): void {
    const id = `${kind} ${key}`;
    let links = this.#byKey.get(id);
    if (links === undefined) {
      links = new Map();
      this.#byKey.set(id, links);
    }
    let link = links.get(method);
    if (link === undefined) {
      link = { kind, key, method, count: 0 };
      links.set(method, link);
      const all = this.#byMethod.get(method) ?? new Set();
      this.#byMethod.set(method, all.add(link));
    }
    link.count += count;
  }

  methodsOf(kind: MadeKind, key: string): number[] {
    return [...(this.#byKey.get(`${kind} ${key}`)?.keys() ?? [])];
  }

  /** The most frequent first. */
  of(method: number): Link[] {
    return [...(this.#byMethod.get(method) ?? [])].sort((one, other) => other.count - one.count);
  }

  count(method: number, kind: MadeKind): number {
    return this.of(method).reduce((sum, link) => (link.kind === kind ? sum + link.count : sum), 0);
  }

  forget(): void {
    this.#byKey.clear();
    this.#byMethod.clear();
  }
}
