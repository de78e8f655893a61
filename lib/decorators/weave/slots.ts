import { scopeFor } from '../../scope/current.js';
import type { ScopeApi } from '../../scope/scope-api.js';
import type { Advice } from './advice.js';

/** What a call keeps for each advice; only made when an advice names a client or keeps state. */
export interface Slots {
  readonly scopes: readonly (ScopeApi | undefined)[];
  readonly states: unknown[];
}

export function makeSlots(advices: readonly Advice[], scope: ScopeApi | undefined, instance: unknown): Slots {
  return {
    scopes: advices.map(({ client }) => (client === undefined ? scope : scopeFor(instance, client))),
    states: [],
  };
}
