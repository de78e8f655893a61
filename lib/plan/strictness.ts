import { warnOnce } from '../decorators/call.js';
import type { ScopeApi } from '../scope/scope-api.js';
import type { CatalogueOptions } from './catalogue-types.js';
import type { Defined } from './definitions.js';
import { type Misfit, misfits } from './segment-check.js';

/** Where a record goes; a client of this library counts what is refused. */
type CountingScope = ScopeApi & { refuse?(reason: 'invalid'): void };

/** What a catalogue that is strict does with records that do not fit. */
export class Strictness {
  /** How many records did not fit, by key; those of unknown keys together under `*`. */
  readonly violations = new Map<string, number>();
  readonly #noun: string;
  readonly #mode: CatalogueOptions['strict'];
  readonly #defined: ReadonlyMap<string, Defined> | undefined;

  constructor(noun: string, mode: CatalogueOptions['strict'], defined: ReadonlyMap<string, Defined> | undefined) {
    this.#noun = noun;
    this.#mode = mode;
    this.#defined = defined;
  }

  /** What decorators ask before they record; undefined when nothing is looked at. */
  get admits(): ((scope: ScopeApi, key: string, given: unknown) => boolean) | undefined {
    if (this.#mode !== 'warn' && this.#mode !== 'drop') return undefined;
    return (scope, key, given) => this.#admits(scope, key, given);
  }

  #admits(scope: ScopeApi, key: string, given: unknown): boolean {
    const defined = this.#defined?.get(key);
    const found = defined === undefined ? [UNKNOWN] : contained(defined, given);
    if (found.length === 0) return true;
    const drops = this.#mode === 'drop';
    const counted = defined === undefined ? '*' : key;
    this.violations.set(counted, (this.violations.get(counted) ?? 0) + 1);
    const name = `${this.#noun} "${String(key).slice(0, 40)}"`;
    const outcome = drops ? 'it is dropped' : 'it is recorded all the same';
    for (const { once, text } of found) {
      warnOnce(
        scope,
        `catalogue ${this.#noun} ${counted} ${once}`,
        `${name} does not fit its catalogue: ${text}; ${outcome}.`,
      );
    }
    if (drops) (scope as CountingScope).refuse?.('invalid');
    return !drops;
  }
}

const UNKNOWN: Misfit = { once: 'unknown', text: 'it is not in it' };

/** A schema is somebody else's code, and a segmentation may be a proxy. */
function contained(defined: Defined, given: unknown): readonly Misfit[] {
  try {
    return misfits(defined, given);
  } catch {
    return [{ once: 'unreadable', text: 'it cannot be looked at' }];
  }
}
