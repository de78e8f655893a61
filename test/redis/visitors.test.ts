import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis as Client } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EntryDraft } from '../../lib/protocol/entry.js';
import type { Countly } from '../../lib/scope/countly.js';
import { counted } from '../support/fleet.js';
import { noRedis } from '../support/redis.js';
import { Fleet } from './support/pods.js';

describe.skipIf(noRedis)('a visitor whom several processes serve', () => {
  let fleet: Fleet;
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weave-visitors-'));
    fleet = new Fleet(folder);
    await fleet.start();
  });

  afterEach(async () => {
    await fleet.stop();
    await rm(folder, { recursive: true });
  });

  /** What the server was told of a device: session requests, starts and ends of views, keys of events. */
  const told = (deviceId: string) =>
    fleet.seen
      .filter((request) => request.device_id === deviceId)
      .flatMap((request) => {
        if (request.begin_session) return ['begin'];
        if (request.end_session) return ['end'];
        if (request.old_device_id) return [`merge of ${request.old_device_id}`];
        if (request.consent) return [`consent ${JSON.stringify(request.consent)}`];
        const events = (request.events ?? []) as readonly { key: string; segmentation?: Record<string, unknown> }[];
        return events.map(({ key, segmentation }) => {
          if (key !== '[CLY]_view') return key;
          if (segmentation?.visit === undefined) return `end of ${segmentation?.name}`;
          return `${segmentation?.start === undefined ? 'view' : 'landing on'} ${segmentation?.name}`;
        });
      });

  /** The same as entries. */
  const bodiesOf = (deviceId: string) =>
    fleet.seen
      .filter((request) => request.device_id === deviceId)
      .flatMap((request): EntryDraft[] => {
        const draft = { deviceId, idType: 0, feature: 'core', timestamp: 0, tz: 0, weight: 1 } as const;
        if (request.events === undefined)
          return [{ ...draft, kind: 'request', body: JSON.stringify(request).slice(1, -1) }];
        return request.events.map((event) => ({ ...draft, kind: 'event', body: JSON.stringify(event) }));
      });

  /** What they recorded is where all of them see it, and delivered. */
  const settled = async (...pods: Countly[]) => {
    await Promise.all(pods.map((pod) => pod.flush({ timeout: 8000 })));
  };

  const ready = async (...pods: Countly[]) => {
    for (const pod of pods) await pod.fleet?.status();
  };

  it.each([1, 2, 5])('has one session, one landing and one view on display, with %i of them in turn', async (count) => {
    const pods = Array.from({ length: count }, () => fleet.pod());
    await ready(...pods);
    let turn = 0;
    const next = async () => {
      await settled(...pods);
      return (pods[turn++ % count] as Countly).device('ann');
    };
    (await next()).beginSession();
    (await next()).beginSession();
    for (const name of ['home', 'cart', 'thanks']) {
      (await next()).trackView(name);
      (await next()).addEvent(`on_${name}`);
    }
    (await next()).endSession();
    await settled(...pods);
    expect(told('ann')).toEqual([
      ...['begin', 'landing on home', 'on_home', 'end of home', 'view cart', 'on_cart'],
      ...['end of cart', 'view thanks', 'on_thanks', 'end of thanks', 'end'],
    ]);
  });

  it.each([
    [undefined, 86_400],
    [60, 60],
  ])('is known for the idle time and, with visitorTtl %s, %i seconds more', async (visitorTtl, seconds) => {
    const pod = fleet.pod(
      { prefix: 'test', ...(visitorTtl === undefined ? {} : { visitorTtl }) },
      { deviceIdleTimeout: 600 },
    );
    await ready(pod);
    pod.device('kim').beginSession();
    await settled(pod);
    const client = new Client(fleet.redis.url);
    const left = (await client.pttl('{test}:v:kim')) / 1000;
    client.disconnect();
    expect(left).toBeGreaterThan(seconds + 600 - 30);
    expect(left).toBeLessThanOrEqual(seconds + 600);
  });

  it('counts what is on its way as pending', async () => {
    const pod = fleet.pod();
    await ready(pod);
    for (let i = 0; i < 3; i++) pod.device('kim').addEvent('seen');
    expect(pod.stats()).toMatchObject({ accepted: 3, delivered: 0, pending: 3 });
    expect(await pod.flush({ timeout: 5000 })).toEqual({ delivered: 3, pending: 0, dropped: 0 });
    expect(pod.stats()).toMatchObject({ accepted: 3, delivered: 3, pending: 0 });
  });

  it('has one session and one landing when all of them are the first at the same moment', async () => {
    const pods = Array.from({ length: 5 }, () => fleet.pod());
    await ready(...pods);
    for (const [i, pod] of pods.entries()) {
      const device = pod.device('bob');
      device.beginSession();
      device.trackView(`page${i}`);
      device.addEvent('seen');
    }
    await Promise.all(pods.map((pod) => pod.flush({ timeout: 5000 })));
    const what = told('bob');
    const number = (pattern: RegExp) => what.filter((text) => pattern.test(text)).length;
    expect(number(/^begin$/)).toBe(1);
    expect(number(/^landing/)).toBe(1);
    expect(number(/^(landing on|view) /)).toBe(5);
    expect(number(/^end of/)).toBe(4);
    expect(number(/^seen$/)).toBe(5);
    expect((await pods[0]?.fleet?.status())?.ledger).toMatchObject({ pending: 0, dropped: {} });
  });

  it('has one row of events and the seconds of one session when all of them serve without a break', async () => {
    const pods = Array.from({ length: 5 }, () => fleet.pod());
    await ready(...pods);
    /** What a visitor came to, and the longest that all of this process was held up meanwhile, in milliseconds. */
    const serve = async (visitor: string) => {
      const delay = monitorEventLoopDelay({ resolution: 5 });
      delay.enable();
      const began = performance.now();
      for (const pod of pods) pod.device(visitor).beginSession();
      for (let round = 0; round < 20; round++) {
        for (const pod of pods) {
          pod.device(visitor).trackView(`page${round}`);
          pod.device(visitor).addEvent('click');
        }
        await pause(5);
      }
      await Promise.all(pods.map((pod) => pod.flush({ timeout: 8000 })));
      pods[0]?.device(visitor).endSession();
      const took = (performance.now() - began) / 1000;
      await pods[0]?.flush({ timeout: 5000 });
      delay.disable();
      return { took, heldUp: delay.max / 1e6, bodies: bodiesOf(visitor) };
    };
    let served = await serve('joe');
    // What Redis does not answer within a tenth of a second a process goes on with alone, which is another promise.
    for (let again = 1; again < 6 && served.heldUp > 50; again++) served = await serve(`joe-${again}`);
    const { took, bodies } = served;
    const numbers = counted(bodies);
    expect(numbers).toMatchObject({ sessions: 1, ended: 1, visits: 100, landings: 1, events: 100 });
    expect(Math.abs(numbers.seconds - took)).toBeLessThan(1.5);
    const before = bodies.flatMap(({ body }) => (body.includes('"click"') ? [JSON.parse(body).peid] : []));
    // Each event follows another one: they are one row.
    expect(new Set(before).size).toBe(100);
  });

  it('is asked for consent by what another process was told', async () => {
    const [one, other] = [fleet.pod({}, { requireConsent: true }), fleet.pod({}, { requireConsent: true })];
    await ready(one, other);
    one.device('eve').giveConsent('events');
    await settled(one);
    other.device('eve').addEvent('agreed');
    await settled(other);
    one.device('eve').removeConsent('events');
    await settled(one);
    other.device('eve').addEvent('refused');
    await Promise.all([one.flush({ timeout: 5000 }), other.flush({ timeout: 5000 })]);
    expect(told('eve').filter((text) => !text.startsWith('consent'))).toEqual(['agreed']);
    expect((await other.fleet?.status())?.ledger).toMatchObject({ pending: 0, dropped: { consent: 1 } });
  });

  it('goes on as one person when another process learns who they are', async () => {
    const [one, other] = [fleet.pod(), fleet.pod()];
    await ready(one, other);
    one.device('anonymous').trackView('home');
    await settled(one);
    other.device('anonymous').changeId('customer-7', { merge: true });
    await settled(other);
    one.device('customer-7').trackView('account');
    await Promise.all([one.flush({ timeout: 5000 }), other.flush({ timeout: 5000 })]);
    const before = fleet.seen.findIndex((request) => request.device_id === 'customer-7');
    expect(fleet.seen.slice(0, before).map((request) => request.device_id)).toContain('anonymous');
    expect(told('customer-7')).toEqual(['merge of anonymous', 'end of home', 'view account']);
  });

  it('is served from what each process knows while Redis is away, and as one again after', async () => {
    const [one, other] = [fleet.pod(), fleet.pod()];
    await ready(one, other);
    one.device('kim').beginSession();
    one.device('kim').trackView('home');
    await one.flush({ timeout: 5000 });
    await fleet.redis.stop();
    one.device('kim').addEvent('alone');
    await fleet.redis.start();
    await expect.poll(() => told('kim'), { timeout: 8000 }).toContain('alone');
    await expect
      .poll(
        async () => {
          other.device('kim').trackView('later');
          await other.flush({ timeout: 3000 });
          return told('kim').filter((text) => text === 'begin').length;
        },
        { timeout: 8000 },
      )
      .toBe(1);
  });
});
