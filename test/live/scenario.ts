import type { Countly, CountlyOptions } from '../../lib/index.js';
import type { Expectation } from './fact.js';
import type { ReadApi } from './read-api.js';

/** What a scenario works with. */
export interface Stage {
  /** No other run has it: names of this run are its alone, so their figures begin at nothing. */
  readonly run: string;
  readonly api: ReadApi;
  /** A client whose devices need no consent. */
  readonly client: Countly;
  /** A further client of the same app; it is flushed and closed with the other. */
  open(name: string, options: CountlyOptions): Countly;
}

/** Traffic of one feature, and what a server should make of it. */
export interface Scenario {
  readonly expectations: readonly Expectation[];
  /** Records; nothing has arrived when it returns. */
  send(): void;
}

/** Prepares a scenario: nothing is sent yet, so that figures can be read before. */
export type Prepare = (stage: Stage) => Scenario;

/** So many device ids of this run. */
export function devices(run: string, kind: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${run}-${kind}-${index}`);
}
