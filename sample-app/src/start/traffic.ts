import { setTimeout as wait } from 'node:timers/promises';
import { journeyOf } from './journey.js';
import { originOf } from './origin.js';
import { Random } from './random.js';
import { ShopClient } from './shop-client.js';

export interface TrafficOptions {
  readonly url: string;
  readonly visitors: number;
  readonly seconds: number;
  /** Ends the traffic early. A request that is under way gets its answer: the shop is to end with nothing half done. */
  readonly signal: AbortSignal;
}

/** What the visitors saw. */
export interface TrafficResult {
  /** Answers by HTTP status. */
  readonly answers: ReadonlyMap<number, number>;
  /** Requests that got no answer at all. */
  readonly failed: number;
}

const OPT_OUT_SHARE = 0.07;
const SEED = 20_264;

/** Sends the visits of many people through the shop, side by side, spread over the given time. */
export async function sendTraffic({ url, visitors, seconds, signal }: TrafficOptions): Promise<TrafficResult> {
  const random = new Random(SEED);
  const answers = new Map<number, number>();
  let failed = 0;
  const visit = async (number: number): Promise<void> => {
    const visitor = `visitor-${number}`;
    const cookies = { visitor, consent: random.chance(OPT_OUT_SHARE) ? 'none' : 'all' };
    const onAnswer = (status: number) => answers.set(status, (answers.get(status) ?? 0) + 1);
    const client = new ShopClient(url, { cookies, headers: originOf(random), onAnswer });
    const steps = journeyOf(visitor, random);
    const startAfter = random.next() * seconds * 500;
    const pauseMs = (seconds * 500) / steps.length;
    await wait(startAfter, undefined, { signal });
    for (const step of steps) {
      await step(client);
      await wait(pauseMs, undefined, { signal });
    }
  };
  await Promise.all(
    Array.from({ length: visitors }, (_, index) =>
      visit(index + 1).catch(() => {
        if (!signal.aborted) failed++;
      }),
    ),
  );
  return { answers, failed };
}

/** A visitor now and then, so that a page left open shows something moving. */
export async function sendDrizzle(url: string, signal: AbortSignal): Promise<void> {
  const random = new Random(Date.now());
  // Nobody twice: who logged in is a customer from then on.
  for (let number = 1; !signal.aborted; number++) {
    const visitor = `passer-by-${process.pid}-${number}`;
    const client = new ShopClient(url, { cookies: { visitor, consent: 'all' }, headers: originOf(random) });
    for (const step of journeyOf(visitor, random)) {
      // A shop that is down for a moment is no reason to stop visiting it.
      await step(client).catch(() => undefined);
      await wait(random.between(800, 2500), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
    }
  }
}
