import { randomUUID } from 'node:crypto';
import { type EntryNote, inspected } from './contract.js';

/** Units that wait to be told of; an inspector that takes none must not fill the memory. */
const MOST_UNTOLD = 1000;

export interface ToldUnit {
  readonly id: string;
  readonly title: string;
  readonly startedAt: number;
  readonly deviceId: string | null;
}

interface Known {
  readonly id: string;
  readonly startedAt: number;
}

/** The requests of the host, and other units of work, that recorded something. */
export class UnitList {
  readonly #known = new WeakMap<object, Known>();
  readonly #untold = new Map<string, ToldUnit>();

  /** The unit an entry belongs to; `null` for one that was recorded outside of any. */
  idOf(note: EntryNote | undefined): string | null {
    const scope = note?.scope;
    if (note === undefined || scope === undefined) return null;
    const unit = inspected.units?.unitOf(scope);
    const bearer = unit ?? scope;
    let known = this.#known.get(bearer);
    if (known === undefined) {
      known = { id: randomUUID(), startedAt: note.at };
      this.#known.set(bearer, known);
      const { id, startedAt } = known;
      if (this.#untold.size >= MOST_UNTOLD) {
        const [oldest = ''] = this.#untold.keys();
        this.#untold.delete(oldest);
      }
      this.#untold.set(id, { id, title: titleOf(unit), startedAt, deviceId: deviceIn(scope) });
    }
    return known.id;
  }

  untold(): ToldUnit[] {
    return [...this.#untold.values()];
  }

  told(units: readonly ToldUnit[]): void {
    for (const { id } of units) this.#untold.delete(id);
  }
}

function titleOf(unit: object | undefined): string {
  try {
    return unit === undefined ? 'run' : (inspected.units?.titleOf(unit) ?? 'run');
  } catch {
    return 'run';
  }
}

function deviceIn(scope: object): string | null {
  const { deviceId } = scope as { readonly deviceId?: unknown };
  return typeof deviceId === 'string' && deviceId !== '' ? deviceId : null;
}
