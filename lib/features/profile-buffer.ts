/** The ways a custom property can change (docs/protocol.md §5); `$set` is a plain value on the wire. */
export type ProfileOperator = '$set' | '$setOnce' | '$inc' | '$mul' | '$min' | '$max' | '$push' | '$addToSet' | '$pull';

/** A change of one property: JSON texts for lists and plain values, numbers where a server calculates. */
type Change =
  | { readonly operator: '$set' | '$setOnce'; readonly value: string }
  | { readonly operator: '$inc' | '$mul' | '$min' | '$max'; readonly value: number }
  | { readonly operator: '$push' | '$addToSet' | '$pull'; readonly value: readonly string[] };

export type ProfileChange = Change & { readonly property: string };

/**
 * Changes of custom properties that wait to be sent. A server applies one operator a property and request (contract
 * §13 row 55), so changes that cannot become one go into a later request, and none is ever lost.
 */
export class ProfileBuffer {
  readonly #requests: Map<string, Change>[] = [];
  #changes = 0;

  /** Changes taken since the last `take`. */
  get size(): number {
    return this.#changes;
  }

  add(change: ProfileChange): void {
    this.#changes++;
    const { property } = change;
    const last = this.#requests.findLastIndex((request) => request.has(property));
    const before = this.#requests[last]?.get(property);
    const merged = before === undefined ? undefined : mergedChange(before, change);
    if (merged !== undefined) {
      this.#requests[last]?.set(property, merged);
      return;
    }
    const next = this.#requests[last + 1];
    if (next === undefined) this.#requests.push(new Map([[property, change]]));
    else next.set(property, change);
  }

  /** The waiting changes as `custom` objects in the order to send them; the buffer is empty afterwards. */
  take(): string[] {
    this.#changes = 0;
    return this.#requests.splice(0).map((request) => {
      const members = [...request].map(([property, change]) => `${JSON.stringify(property)}:${changeText(change)}`);
      return `{${members.join(',')}}`;
    });
  }
}

/** One change that has the effect of two in a row, if there is one. */
function mergedChange(before: Change, change: Change): Change | undefined {
  if (before.operator !== change.operator) return undefined;
  switch (change.operator) {
    case '$set':
      return change;
    case '$setOnce':
      return before;
    case '$push':
    case '$addToSet':
    case '$pull':
      return { ...change, value: [...(before.value as readonly string[]), ...change.value] };
    default: {
      const value = calculated(change.operator, before.value as number, change.value);
      // Beyond what a number can be, each goes for itself.
      return Number.isFinite(value) ? { ...change, value } : undefined;
    }
  }
}

function calculated(operator: '$inc' | '$mul' | '$min' | '$max', one: number, other: number): number {
  switch (operator) {
    case '$inc':
      return one + other;
    case '$mul':
      return one * other;
    case '$min':
      return Math.min(one, other);
    case '$max':
      return Math.max(one, other);
  }
}

function changeText(change: Change): string {
  if (change.operator === '$set') return change.value;
  const value = typeof change.value === 'object' ? `[${change.value.join(',')}]` : change.value;
  return `{"${change.operator}":${value}}`;
}
