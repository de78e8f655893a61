import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Visitor } from '../../lib/features/visitor.js';
import { readVisitor, reconciled, visitorText } from '../../lib/fleet/visitor-text.js';
import { ManualClock } from '../../lib/testing/manual-clock.js';

/** Of two processes that started at different times. */
function clocks() {
  const one = new ManualClock(1_700_000_000_000);
  one.advance(500_000);
  return [one, new ManualClock(one.now())] as const;
}

function visitorAt(now: number): Visitor {
  const view = { name: '/one', id: 'a-1', before: undefined, parallel: false, shownMs: 250, resumedAt: now - 1000 };
  return Object.assign(new Visitor(now - 500), {
    views: [
      { ...view, segments: { plan: 'pro' } },
      { ...view, id: 'a-2', parallel: true, resumedAt: undefined, segments: undefined },
    ],
    ...{ lastViewId: 'a-2', lastEventId: 'e-1', viewSeen: true, sessionEndedAt: 1_699_999_999_000 },
    session: { startedAt: now - 9000, reportedUntil: now - 3000, heartbeat: false },
    ...{ location: null, consent: new Set(['views']), consentAt: now - 9500, activeAt: now - 700 },
  });
}

describe('a visitor as text', () => {
  it('is the same in another process, whose monotonic clock has another zero', () => {
    const [here, there] = clocks();
    const read = readVisitor(visitorText(visitorAt(here.monotonic()), here), there);
    expect(read).toEqual(visitorAt(there.monotonic()));
  });

  it('has no time that has not come yet, whatever clock the other process has', () => {
    const [here, there] = clocks();
    here.setNow(here.now() + 60_000);
    const read = readVisitor(visitorText(visitorAt(here.monotonic()), here), there);
    const now = there.monotonic();
    expect([read?.lastSeen, read?.session?.reportedUntil, read?.views?.[0]?.resumedAt]).toEqual([now, now, now]);
  });

  it('of nobody is empty, and that of another version tells nothing', () => {
    const [here] = clocks();
    expect(readVisitor('', here)?.isBlank).toBe(true);
    expect(readVisitor('{"v":2,"view":"a"}', here)).toBeUndefined();
  });

  it('may be anything: what is no visitor is none, and what is left can be written and used', () => {
    const [clock] = clocks();
    const names = [
      'v',
      'seen',
      'active',
      'views',
      'view',
      'event',
      'landed',
      'session',
      'wanted',
      'ended',
      'location',
      'consent',
    ];
    const member = fc.oneof(
      fc.jsonValue(),
      fc.constant(1e308),
      fc.constant([{ id: 'a', name: 'x', shownMs: -5 }, null]),
    );
    const texts = fc.oneof(
      fc.string(),
      fc.json(),
      fc.dictionary(fc.constantFrom(...names), member).map((read) => JSON.stringify({ ...read, v: 1 })),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const read = readVisitor(text, clock);
        if (read === undefined) return;
        expect(read.lastSeen).toBeLessThanOrEqual(clock.monotonic());
        expect(readVisitor(visitorText(read, clock), clock)).toBeDefined();
        for (const { id, shownMs } of read.views ?? [])
          expect([id, shownMs >= 0]).toEqual([expect.stringMatching(/^[\w-]+$/), true]);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a visitor who was served by two processes that did not know of each other', () => {
  it('has the views and the session of where they were last, and the last decision', () => {
    const theirs = Object.assign(visitorAt(10_000), { consent: new Set(['events']), consentAt: 9000 });
    const ours = Object.assign(visitorAt(20_000), { views: undefined, consent: new Set(), consentAt: 8000 });
    const { views, session, consent, lastSeen } = reconciled(theirs as Visitor, ours as Visitor);
    expect({ views, consent, lastSeen }).toEqual({ views: undefined, consent: new Set(['events']), lastSeen: 19_500 });
    expect(session?.reportedUntil).toBe(17_000);
  });

  it('has no second counted that one of them has reported', () => {
    const theirs = visitorAt(10_000);
    const ours = visitorAt(9000);
    ours.session = { startedAt: 0, reportedUntil: 9999, heartbeat: false };
    expect(reconciled(theirs, ours).session?.reportedUntil).toBe(9999);
  });
});

describe('a visitor with more than others read', () => {
  const crowd = (views: number, name: string, segments: number) => {
    const [here, there] = clocks();
    const visitor = visitorAt(here.monotonic());
    const value = 'x'.repeat(256);
    visitor.views = Array.from({ length: views }, (_, i) => ({
      ...{ name: `${name}${i}`, id: `v-${i}`, before: undefined, parallel: true, shownMs: i, resumedAt: undefined },
      segments: Object.fromEntries(Array.from({ length: segments }, (_, n) => [`segment ${n}`, value])),
    }));
    return { visitor, read: readVisitor(visitorText(visitor, here), there) };
  };

  it('goes on without the segments of open views', () => {
    const { visitor, read } = crowd(50, '/page', 100);
    expect(read?.views?.map(({ id, shownMs }) => [id, shownMs])).toEqual(
      visitor.views?.map(({ id, shownMs }) => [id, shownMs]),
    );
    expect(read?.consent).toEqual(visitor.consent);
  });

  it('goes on without views, rather than without consent and session', () => {
    const { read } = crowd(100, '\u0001'.repeat(500), 0);
    expect([...(read?.consent ?? [])]).toEqual(['views']);
    expect(read?.session).toBeDefined();
  });

  it('has whatever name of a view a client may record', () => {
    const { read } = crowd(1, 'n'.repeat(2000), 0);
    expect(read?.views).toHaveLength(1);
  });
});
