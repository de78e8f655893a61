import assert from 'node:assert/strict';
import { Breadcrumb } from '../../../lib/decorators/breadcrumb.js';
import { Trace } from '../../../lib/decorators/trace.js';
import { TimedEvent, TrackEvent } from '../../../lib/decorators/track-event.js';
import { TrackView } from '../../../lib/decorators/track-view.js';
import { RecordingClient } from '../../support/recording-client.js';
import { type Cases, tick, withClient } from './harness.js';

class Shop {
  readonly currency = 'EUR';

  @TrackEvent('bought', {
    count: (call) => call.args[0].length,
    sum: (call) => call.args[1],
    segmentation: (call) => ({ currency: call.instance.currency, items: call.result, nested: { a: { b: 1 } } }),
    rollUp: true,
  })
  buy(items: string[], price: number): number {
    if (price < 0) throw new RangeError('price');
    return items.length + price * 0;
  }

  @TrackEvent({ key: 'tried', on: 'call', count: 2, sum: 1.5, segmentation: { fixed: 'yes', skipped: undefined } })
  try(): void {}

  @TrackEvent('failed', { on: 'error', segmentation: (call) => ({ why: (call.error as Error).message }) })
  @TrackEvent('ended', { on: 'settle', segmentation: (call) => ({ failed: call.failed }) })
  async fail(now: boolean): Promise<void> {
    await tick();
    if (now) throw new Error('because');
  }

  @TrackEvent()
  named(): void {}

  @TimedEvent({ segmentation: (call) => ({ className: call.className, method: call.methodName }) })
  static build(): void {}

  @TimedEvent('slept')
  async sleep(): Promise<string> {
    await tick(20);
    return 'up';
  }

  @TrackEvent('maybe', { when: (call) => call.args[0] > 1 })
  maybe(_n: number): void {}

  @TrackEvent('never', { sample: 0 })
  @TrackEvent('always', { sample: 1 })
  sampled(): void {}

  @TrackEvent('theirs', { device: (call) => call.args[0] })
  forDevice(_id: string): void {}

  @TrackEvent('billed', { client: 'billing' })
  @TrackEvent('noted')
  bill(): void {}

  @TrackEvent('broken', {
    count: () => {
      throw new Error('count');
    },
    segmentation: () => {
      throw new Error('segmentation');
    },
  })
  @TrackEvent('hidden', {
    when: () => {
      throw null;
    },
  })
  @TrackEvent('nobody', { device: () => '' })
  broken(): string {
    return 'fine';
  }
}

class Pages {
  @TrackView('Home', { segmentation: { theme: 'dark' } })
  home(): string {
    return '<h1>';
  }

  @TrackView({ duration: 'method' })
  async slow(ms: number): Promise<void> {
    await tick(ms);
  }

  @Trace()
  work(): void {}

  @Trace('GET /items', {
    type: 'network',
    responseCode: (call) => call.result?.status ?? 0,
    requestPayloadSize: (call) => call.args[0].length,
    responsePayloadSize: () => 7,
  })
  async load(body: string): Promise<{ status: number }> {
    if (body === 'x') throw new Error('down');
    return { status: 204 };
  }

  @Trace('measured', { metrics: (call) => ({ rows: call.args[0] }) })
  measured(_rows: number): void {}

  @Breadcrumb('fixed line')
  @Breadcrumb()
  @Breadcrumb((call) => `opened ${call.args[0]}`)
  crumbs(_what: string): void {}
}

export const cases: Cases = {
  'an event carries count, sum, segmentation and rollUp': () =>
    withClient((client) => {
      assert.equal(new Shop().buy(['a', 'b'], 4), 2);
      assert.throws(() => new Shop().buy([], -1), RangeError);
      assert.deepEqual(client.records, [
        {
          kind: 'event',
          deviceId: 'process-device',
          key: 'bought',
          options: { count: 2, sum: 4, segmentation: { currency: 'EUR', items: 2, nested_a_b: 1 }, rollUp: true },
        },
      ]);
    }),

  'on: call records before the method, with fixed values': () =>
    withClient((client) => {
      new Shop().try();
      assert.deepEqual(client.of('event')[0]?.options, { count: 2, sum: 1.5, segmentation: { fixed: 'yes' } });
    }),

  'on: error and on: settle': () =>
    withClient(async (client) => {
      await assert.rejects(new Shop().fail(true), /because/);
      await new Shop().fail(false);
      const seen = client.of('event').map(({ key, options }) => [key, options.segmentation]);
      assert.deepEqual(
        seen.sort((a, b) => String(a[0]).localeCompare(String(b[0]))),
        [
          ['ended', { failed: true }],
          ['ended', { failed: false }],
          ['failed', { why: 'because' }],
        ],
      );
    }),

  'without a key the class and the method give it': () =>
    withClient((client) => {
      class Sub extends Shop {}
      new Shop().named();
      new Sub().named();
      Shop.build();
      assert.deepEqual(
        client.of('event').map(({ key }) => key),
        ['Shop_named', 'Shop_named', 'Shop_build'],
      );
      assert.deepEqual(client.of('event')[2]?.options.segmentation, { className: 'Shop', method: 'build' });
    }),

  'a timed event lasts until the promise settles, in seconds': () =>
    withClient(async (client) => {
      assert.equal(await new Shop().sleep(), 'up');
      const dur = client.of('event')[0]?.options.dur ?? 0;
      assert.ok(dur > 0.015 && dur < 2, `dur ${dur}`);
    }),

  'when and sample decide': () =>
    withClient((client) => {
      const shop = new Shop();
      shop.maybe(1);
      shop.maybe(2);
      shop.sampled();
      assert.deepEqual(
        client.of('event').map(({ key }) => key),
        ['maybe', 'always'],
      );
    }),

  'device and client decide where it goes': () =>
    withClient((client) => {
      const billing = new RecordingClient('billing').register();
      const shop = new Shop();
      shop.forDevice('visitor-1');
      client.run('visitor-2', () => shop.bill());
      billing.unregister();
      assert.deepEqual(
        client.of('event').map(({ key, deviceId }) => [key, deviceId]),
        [
          ['theirs', 'visitor-1'],
          ['noted', 'visitor-2'],
        ],
      );
      assert.deepEqual(
        billing.of('event').map(({ key, deviceId }) => [key, deviceId]),
        [['billed', 'visitor-2']],
      );
    }),

  'a named client records also when there is no default one': () => {
    const billing = new RecordingClient('billing').register();
    new Shop().bill();
    billing.unregister();
    assert.equal(billing.of('event').length, 1);
  },

  'a callback that throws costs one warning and nothing else': () =>
    withClient((client) => {
      const shop = new Shop();
      assert.equal(shop.broken(), 'fine');
      assert.deepEqual(
        client.of('event').map(({ key, options }) => [key, options]),
        [['broken', {}]],
      );
      assert.equal(client.warnings.length, 4, client.warnings.join('\n'));
    }),

  'an override that calls the method it replaces is another one': () =>
    withClient((client) => {
      class Parent {
        @TrackEvent()
        save(): string {
          return 'parent';
        }
        @Trace()
        load(): string {
          return 'parent';
        }
      }
      class Child extends Parent {
        @TrackEvent()
        override save(): string {
          return `child of ${super.save()}`;
        }
        @Trace()
        override load(): string {
          return `child of ${super.load()}`;
        }
      }
      class GrandChild extends Child {}
      assert.equal(new GrandChild().save(), 'child of parent');
      assert.equal(new Child().load(), 'child of parent');
      assert.deepEqual(
        client.of('event').map(({ key }) => key),
        ['Parent_save', 'Child_save'],
      );
      assert.deepEqual(
        client.of('trace').map(({ trace }) => trace.name),
        ['Parent_load', 'Child_load'],
      );
    }),

  'views: until the next one, or as long as the method': () =>
    withClient(async (client) => {
      const pages = new Pages();
      assert.equal(pages.home(), '<h1>');
      assert.deepEqual(client.records, [
        { kind: 'view', deviceId: 'process-device', name: 'Home', options: { segmentation: { theme: 'dark' } } },
      ]);
      client.clear();
      await Promise.all([pages.slow(100), pages.slow(1)]);
      const [short, long] = client.of('view-end');
      assert.equal(short?.name, 'Pages_slow');
      assert.ok((long?.seconds ?? 0) > 0.02 && (long?.seconds ?? 0) > (short?.seconds ?? 0));
    }),

  'traces: device and network': () =>
    withClient(async (client) => {
      const pages = new Pages();
      pages.work();
      pages.measured(3);
      await pages.load('body');
      await assert.rejects(pages.load('x'));
      const [work, measured, load, failed] = client.of('trace').map(({ trace }) => trace);
      assert.equal(work?.type === 'device' && work.name, 'Pages_work');
      assert.ok(Number.isInteger(work?.startedAt));
      assert.deepEqual(measured?.type === 'device' && measured.metrics, { rows: 3 });
      assert.equal(load?.type === 'network' && load.responseCode, 204);
      assert.equal(load?.type === 'network' && load.requestPayloadSize, 4);
      assert.equal(load?.type === 'network' && load.responsePayloadSize, 7);
      assert.equal(failed?.type === 'network' && failed.responseCode, 0);
    }),

  'breadcrumbs: fixed, computed, default': () =>
    withClient((client) => {
      new Pages().crumbs('door');
      assert.deepEqual(
        client
          .of('breadcrumb')
          .map(({ text }) => text)
          .sort(),
        ['Pages.crumbs', 'fixed line', 'opened door'],
      );
    }),

  'without a client nothing happens at all': () => {
    const shop = new Shop();
    assert.equal(shop.buy(['a'], 1), 1);
    assert.equal(shop.broken(), 'fine');
  },
};
