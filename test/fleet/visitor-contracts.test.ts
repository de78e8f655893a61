import { describe, it } from 'vitest';
import { partsOf } from '../../lib/scope/scope-parts.js';
import { ManualClock } from '../../lib/testing/manual-clock.js';
import { pods } from '../support/fleet.js';
import {
  type VisitorStateUnderTest,
  visitorStateContract,
  visitorStoreContract,
} from '../support/visitor-contracts.js';
import { FakeVisitorStore } from '../support/visitor-store.js';

function statesOf(count: number, store: FakeVisitorStore | undefined): VisitorStateUnderTest {
  const all = pods(count, new ManualClock(), store);
  const [here, there = here] = all.map(({ client }) => partsOf(client).core.port);
  return {
    here: here as VisitorStateUnderTest['here'],
    there: there as VisitorStateUnderTest['there'],
    settle: async () => void (await Promise.all(all.map(({ client }) => client.flush()))),
    dispose: async () => void (await Promise.all(all.map(({ client }) => client.close()))),
  };
}

describe('what is known of visitors in one process', () => {
  for (const { name, run } of visitorStateContract(() => statesOf(1, undefined))) it(name, run);
});

describe('what is known of visitors in one process of a fleet', () => {
  for (const { name, run } of visitorStateContract(() => statesOf(1, new FakeVisitorStore()))) it(name, run);
});

describe('what is known of visitors in two processes', () => {
  for (const { name, run } of visitorStateContract(() => statesOf(2, new FakeVisitorStore()))) it(name, run);
});

describe('the double of a store', () => {
  const create = async () => {
    const store = new FakeVisitorStore();
    return { store, accepted: async () => store.accepted.map(({ body }) => body), dispose: async () => {} };
  };
  for (const { name, run } of visitorStoreContract(create)) it(name, run);
});
