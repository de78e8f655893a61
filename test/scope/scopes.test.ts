import { EventEmitter, once } from 'node:events';
import { Readable } from 'node:stream';
import { setImmediate as immediate, setTimeout as timeout } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ConsentFeature } from '../../lib/protocol/entry.js';
import type { Countly } from '../../lib/scope/countly.js';
import { recorded } from '../support/recorded.js';

const STEPS = ['await', 'timer', 'immediate', 'stream', 'emitter', 'tick', 'parallel'] as const;
type Step = (typeof STEPS)[number];
interface Request {
  readonly consent: readonly ConsentFeature[];
  readonly steps: readonly Step[];
}

const shared = new EventEmitter();
shared.setMaxListeners(0);

/** Goes on later, by one of the ways a server does. */
async function pass(step: Step): Promise<void> {
  switch (step) {
    case 'timer':
      return timeout(Math.random() * 3);
    case 'immediate':
      return immediate();
    case 'tick':
      return new Promise((resolve) => process.nextTick(resolve));
    case 'stream':
      for await (const _chunk of Readable.from(['a', 'b'])) await null;
      return;
    case 'emitter': {
      const own = new EventEmitter();
      setImmediate(() => own.emit('done'));
      await once(own, 'done');
      return;
    }
    case 'parallel':
      await Promise.all([timeout(1), immediate(), null]);
      return;
    default:
      await null;
  }
}

/** One simulated request; everything it records carries its number. */
async function serve(client: Countly, number: number, { steps }: Request): Promise<void> {
  const mark = `r${number}`;
  client.current().addBreadcrumb(mark);
  client.current().startEvent('work');
  shared.on('tick', () => client.current().addBreadcrumb('tick'));
  for (const step of steps) {
    await pass(step);
    client.current().addEvent('step', { segmentation: { mark } });
    client.current().addBreadcrumb(mark);
  }
  client.current().endEvent('work', { segmentation: { mark } });
  client.current().logError(new Error(mark), { segmentation: { mark } });
}

describe('concurrent units of work', () => {
  it('never see each other: device, consent, breadcrumbs, timers', async () => {
    const request = fc.record<Request>({
      consent: fc.subarray<ConsentFeature>(['events', 'crashes']),
      steps: fc.array(fc.constantFrom(...STEPS), { maxLength: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(request, { minLength: 100, maxLength: 100 }), async (given) => {
        // Four devices in a row share one person, who agrees to one thing at a time.
        const requests = given.map((one, number) => ({ ...one, consent: given[number & ~3]?.consent ?? [] }));
        const test = recorded({ requireConsent: true, trackErrors: false, delivery: 'auto' });
        const { client } = test;
        await Promise.all(
          requests.map((one, number) =>
            client.run({ deviceId: `d${number >> 2}`, consent: one.consent }, () => serve(client, number, one)),
          ),
        );
        for (const sent of await test.sent())
          check(sent.deviceId ?? '', sent.events, sent.parameters['crash'], requests);
        expect(client.current()).toBe(client);
        shared.removeAllListeners();
        await test.close();
      }),
      { numRuns: 8 },
    );
  }, 60_000);

  it('are left with the function that entered them, also when it throws', () => {
    const { client } = recorded();
    expect(() =>
      client.run({ deviceId: 'a' }, () => {
        throw new Error('x');
      }),
    ).toThrow('x');
    expect(client.current()).toBe(client);
    client.run({ deviceId: 'a' }, () =>
      client.run({ deviceId: 'b' }, () => expect(client.current().deviceId).toBe('b')),
    );
  });

  it('of another client are not ours', () => {
    const one = recorded();
    const other = recorded();
    one.client.run({ deviceId: 'a' }, () => expect(other.client.current()).toBe(other.client));
  });
});

function check(
  deviceId: string,
  events: readonly Readonly<Record<string, unknown>>[],
  crash: unknown,
  requests: readonly Request[],
): void {
  const own = (number: number) => `d${number >> 2}` === deviceId;
  for (const event of events) {
    const number = Number((event['segmentation'] as { mark: string }).mark.slice(1));
    expect(own(number)).toBe(true);
    expect(requests[number]?.consent).toContain('events');
    if (event['key'] === 'work') expect(event).toHaveProperty('dur');
  }
  if (crash === undefined) return;
  const { _custom, _logs } = crash as { _custom: { mark: string }; _logs: string };
  const number = Number(_custom.mark.slice(1));
  expect(own(number)).toBe(true);
  expect(requests[number]?.consent).toContain('crashes');
  expect(new Set(_logs.split('\n'))).toEqual(new Set([_custom.mark]));
}

describe('calls on a client', () => {
  it('mean whoever is being served', async () => {
    const test = recorded();
    const { client } = test;
    await client.run({ deviceId: 'ann' }, async () => {
      await immediate();
      client.addEvent('event');
      client.userData.set('plan', 'pro');
      client.userDetails({ name: 'Ann' });
      client.logError(new Error('x'));
      client.startEvent('timed').end();
      client.trackView('page');
      client.beginSession();
      expect([client.deviceId, client.current().deviceId]).toEqual(['ann', 'ann']);
    });
    client.addEvent('outside');
    const sent = await test.sent();
    const own = sent.filter(({ deviceId }) => deviceId !== 'ann');
    expect(own.flatMap(({ events }) => events.map(({ key }) => key))).toEqual(['outside']);
    expect(sent.length).toBeGreaterThan(5);
    await test.close();
  });

  it('mean the process’s own device where it is named, and outside of scopes', async () => {
    const test = recorded();
    const { client } = test;
    client.run({ deviceId: 'ann' }, () => client.processDevice.addEvent('own'));
    client.run({ deviceId: 'ann' }, () => client.reportAppStart());
    client.run({ deviceId: 'ann' }, () => client.useTemporaryId());
    expect(client.deviceIdType).toBe(2);
    client.setId('next');
    expect(client.processDevice.deviceId).toBe('next');
    const sent = await test.sent();
    expect(sent.map(({ deviceId }) => deviceId)).toEqual(['test-device', 'test-device']);
    await test.close();
  });

  it('follow a change of the visitor’s id, and leave the process’s own alone', async () => {
    const test = recorded();
    const { client } = test;
    client.run({ deviceId: 'anonymous' }, () => {
      client.changeId('ann', { merge: true });
      client.addEvent('after');
    });
    expect(client.deviceId).toBe('test-device');
    expect((await test.sent()).map(({ deviceId }) => deviceId)).toEqual(['ann', 'ann']);
    await test.close();
  });

  it('of a client with a name of its own mean whoever another one serves, each under its own consent', async () => {
    const one = recorded({ requireConsent: true });
    const other = recorded({ name: 'billing', deviceId: 'others-own' });
    one.client.run({ deviceId: 'ann' }, () => other.client.addEvent('billed'));
    one.client.run({ deviceId: null }, () => other.client.addEvent('for nobody'));
    one.client.run({}, () => expect(other.client.deviceId).toBe('others-own'));
    const sent = await other.sent();
    expect(sent.map(({ deviceId, events }) => [deviceId, events[0]?.key])).toEqual([['ann', 'billed']]);
    expect(other.client.stats().dropped).toEqual({});
    await Promise.all([one.close(), other.close()]);
  });

  it('of two clients of one name keep apart: they are two applications', () => {
    const [one, other] = [recorded(), recorded({ deviceId: 'others-own' })];
    one.client.run({ deviceId: 'ann' }, () => expect(other.client.deviceId).toBe('others-own'));
  });
});

describe('consent that is withdrawn while work goes on', () => {
  it('holds at once, also for a scope that began before', async () => {
    const test = recorded({ requireConsent: true });
    const { client } = test;
    const stream = client.scope({ deviceId: 'ann', consent: ['events', 'views'] });
    stream.addEvent('before');
    client.scope({ deviceId: 'ann' }).removeConsent('events');
    stream.addEvent('after');
    stream.trackView('still allowed');
    client.device('ann').giveConsent('events');
    stream.addEvent('again');
    const keys = (await test.sent()).flatMap(({ events }) => events.map(({ key }) => key));
    expect(keys).toEqual(['[CLY]_view', 'again']);
    await test.close();
  });

  it('holds when nothing is remembered of the device any more', async () => {
    const test = recorded({ requireConsent: true, maxDevices: 2 });
    const { client } = test;
    const stream = client.scope({ deviceId: 'ann', consent: ['events'] });
    const other = client.scope({ deviceId: 'bob', consent: ['events'] });
    client.device('ann').removeConsent('events');
    for (const id of ['a', 'b', 'c']) client.scope({ deviceId: id, consent: ['events'] }).addEvent('other');
    stream.addEvent('after');
    expect(stream.isAllowed('events')).toBe(false);
    // Who else was forgotten meanwhile says it again.
    expect(other.isAllowed('events')).toBe(false);
    client.scope({ deviceId: 'bob', consent: ['events'] });
    expect(other.isAllowed('events')).toBe(true);
    await test.close();
  });

  it('that was only assumed gives way to what is known', () => {
    const { client } = recorded({ requireConsent: true });
    const job = client.scope({ deviceId: 'ann', assumedConsent: ['events'] });
    expect(job.isAllowed('events')).toBe(true);
    client.device('ann').giveConsent('views');
    expect([job.isAllowed('events'), job.isAllowed('views')]).toEqual([false, true]);
  });
});
