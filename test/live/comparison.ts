import { type Baseline, type Fact, factOf } from './fact.js';

/** How long a server may take, in milliseconds. */
export interface Patience {
  /** Between two questions. */
  readonly every: number;
  /** Until the figures must be right. */
  readonly atMost: number;
  /** How long they must then stay right: what counts twice does so in the next write. */
  readonly stays: number;
}

/** A server writes every ten seconds (docs/protocol.md §1.5) and ends sessions a little later. */
export const USUAL_PATIENCE: Patience = { every: 3_000, atMost: 60_000, stays: 15_000 };

/**
 * Asks until every figure is right and has stayed right, or the time is over. The result is what was counted last, so a
 * figure that went past what was sent is seen.
 */
export async function compare(
  baselines: readonly Baseline[],
  patience: Patience,
  wait: (milliseconds: number) => Promise<void>,
): Promise<Fact[]> {
  let waited = 0;
  for (;;) {
    const facts = await all(baselines);
    if (facts.every(({ ok }) => ok)) break;
    if (waited >= patience.atMost) return facts;
    await wait(patience.every);
    waited += patience.every;
  }
  await wait(patience.stays);
  return all(baselines);
}

async function all(baselines: readonly Baseline[]): Promise<Fact[]> {
  const facts: Fact[] = [];
  // One question at a time: a server that is asked a hundred things at once is busy with that.
  for (const baseline of baselines) facts.push(await factOf(baseline));
  return facts;
}
