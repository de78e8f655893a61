import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CountlyOptions } from '../../lib/config/options.js';
import { VisitorSessions } from '../../lib/scope/visitor-sessions.js';
import { ManualClock } from '../../lib/testing/manual-clock.js';
import { counted, type Pod, pods, sentBy } from '../support/fleet.js';
import { FakeVisitorStore } from '../support/visitor-store.js';

/** What a visitor does, or is done for them, and how long after the last one. */
interface Deed {
  readonly what: (typeof DEEDS)[number];
  /** Which process it happens at. */
  readonly pod: number;
  readonly after: number;
}

const DEEDS = [
  ...['request', 'begin', 'end', 'view', 'beside', 'event', 'crash', 'property', 'give', 'take', 'pause'],
  ...['merge', 'replace', 'metrics', 'ends the view'],
] as const;

const anyDeeds = (longest: number) =>
  fc.array(
    fc.record({
      what: fc.constantFrom(...DEEDS),
      pod: fc.nat(4),
      after: fc.constantFrom(0, 100, 1500, 30_000, 90_000, longest),
    }),
    { minLength: 1, maxLength: 25 },
  );

/** One visitor who does all that at these processes, one deed after the other. */
async function live(deeds: readonly Deed[], clock: ManualClock, all: readonly Pod[], end: number): Promise<void> {
  const visits = all.map(({ client }) => new VisitorSessions(client, 600));
  const settle = async () => {
    for (const { client } of all) await client.flush();
  };
  /** In steps: what the timers of one process do, the others can know before theirs are due. */
  const pass = async (ms: number) => {
    for (let left = ms, n = 0; left > 0 || n === 0; n++) {
      const step = Math.min(left, n < 24 ? 30_000 : 600_000);
      clock.advance(step);
      left -= step;
      await settle();
    }
  };
  let id = 'visitor';
  let ids = 0;
  let view: { end(): void; pause(): void } | undefined;
  for (const { what, pod, after } of deeds) {
    await pass(after);
    const { client } = all[pod % all.length] as Pod;
    const scope = client.device(id);
    if (what === 'request') visits[pod % all.length]?.active(scope, () => ({ _os: 'iOS' }));
    else if (what === 'begin') scope.beginSession();
    else if (what === 'end') scope.endSession();
    else if (what === 'view') view = scope.trackView('/page');
    else if (what === 'beside') view = scope.startView('/beside');
    else if (what === 'event') scope.addEvent('click');
    else if (what === 'crash') scope.logError(new Error('failed'));
    else if (what === 'property') scope.userData.increment('visits');
    else if (what === 'give') scope.giveConsent('sessions', 'views', 'events');
    else if (what === 'take') scope.removeConsent('views');
    else if (what === 'pause') view?.pause();
    else if (what === 'ends the view') view?.end();
    else if (what === 'metrics') scope.sessionDuration(3);
    else if (what === 'merge' || what === 'replace') {
      id = `visitor-${++ids}`;
      scope.changeId(id, { merge: what === 'merge' });
    }
    await settle();
  }
  await pass(end);
  for (const { stop } of visits.map((visit) => ({ stop: () => visit.stop() }))) stop();
}

/** What is counted, and what is dropped for want of consent. */
async function numbersOf(deeds: readonly Deed[], count: number, options: CountlyOptions, shared: boolean) {
  const clock = new ManualClock();
  const store = shared ? new FakeVisitorStore() : undefined;
  const all = pods(count, clock, store, options);
  await live(deeds, clock, all, 3 * 1000 * (options.deviceIdleTimeout ?? 1800));
  const refused = all.reduce((sum, { client }) => sum + (client.stats().dropped.consent ?? 0), 0);
  await Promise.all(all.map(({ client }) => client.close()));
  const entries = [...(store?.accepted ?? []), ...all.flatMap(sentBy)];
  return { ...counted(entries), refused };
}

describe('the numbers of one visitor', () => {
  const runs = { numRuns: 40 };

  it('are those of one process, over however many', async () => {
    await fc.assert(
      fc.asyncProperty(anyDeeds(2_000_000), async (deeds) => {
        const alone = await numbersOf(deeds, 1, {}, false);
        for (const count of [1, 2, 5]) expect(await numbersOf(deeds, count, {}, true)).toEqual(alone);
      }),
      runs,
    );
  }, 60_000);

  it('are those of one process, whatever they agree to', async () => {
    const options: CountlyOptions = { requireConsent: true, deviceIdleTimeout: 20_000 };
    await fc.assert(
      fc.asyncProperty(anyDeeds(700_000), async (deeds) => {
        const alone = await numbersOf(deeds, 1, options, false);
        for (const count of [1, 2, 5]) expect(await numbersOf(deeds, count, options, true)).toEqual(alone);
      }),
      runs,
    );
  }, 60_000);

  it('are exact when all happens at once, and every commit is overtaken', async () => {
    const deeds = fc.array(fc.tuple(fc.nat(4), fc.boolean(), fc.nat(15)), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(deeds, async (calls) => {
        const clock = new ManualClock();
        const store = new FakeVisitorStore();
        const all = pods(5, clock, store);
        store.delay = () => new Promise(setImmediate);
        for (const { client } of all) client.device('visitor').beginSession();
        await Promise.all(all.map(({ client }) => client.flush()));
        for (const [pod, isView, after] of calls) {
          clock.advance(after);
          const scope = (all[pod] as Pod).client.device('visitor');
          if (isView) scope.trackView('/page');
          else scope.addEvent('click');
        }
        await Promise.all(all.map(({ client }) => client.flush()));
        clock.advance(10_000);
        for (const { client } of all) client.device('visitor').endSession();
        await Promise.all(all.map(({ client }) => client.flush()));
        const views = calls.filter(([, isView]) => isView).length;
        const took = 10 + calls.reduce((sum, [, , after]) => sum + after, 0) / 1000;
        expect(counted(store.accepted)).toMatchObject({
          ...{ sessions: 1, ended: 1, seconds: Math.round(took), visits: views, landings: Math.min(views, 1) },
          events: calls.length - views,
        });
        await Promise.all(all.map(({ client }) => client.close()));
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});
