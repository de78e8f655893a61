import 'reflect-metadata';
import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Instrument } from '../../../lib/decorators/instrument.js';
import { instrument, weave } from '../../../lib/decorators/plain.js';
import { ReportErrors } from '../../../lib/decorators/report-errors.js';
import { Trace } from '../../../lib/decorators/trace.js';
import { TimedEvent, TrackEvent } from '../../../lib/decorators/track-event.js';
import { weaveMetadataOf, wovenMethods } from '../../../lib/decorators/weave/woven.js';
import { type Cases, withClient } from './harness.js';

const SECRET = Symbol('secret');

class Base {
  @TrackEvent('instance')
  method(a: number, _b: string): Base {
    assert.equal(a, 1);
    return this;
  }

  @TrackEvent('static')
  static method(): unknown {
    // biome-ignore lint/complexity/noThisInStatic: `this` is what the test is about
    return this;
  }

  @TrackEvent({ segmentation: (call) => ({ name: call.methodName }) })
  [SECRET](): string {
    return 'secret';
  }

  @TrackEvent()
  404(): string {
    return 'not found';
  }

  @TimedEvent('one')
  @TrackEvent('two')
  @ReportErrors()
  @Trace()
  stacked(): Promise<number> {
    return Promise.resolve(1);
  }
}

class Child extends Base {
  override method(a: number, b: string): Base {
    return super.method(a, b);
  }
}

class Parent {
  shared(): string {
    return `shared by ${this.constructor.name}`;
  }
  @Trace('own name')
  traced(): void {}
  fails(): never {
    throw new Error('parent');
  }
}

@Instrument({ events: true, except: ['silent'] })
class Whole extends Parent {
  static count(): number {
    return 3;
  }
  get value(): number {
    throw new Error('a getter must not run');
  }
  own(): string {
    return this.shared();
  }
  silent(): void {}
}

@Instrument()
class Emitter extends EventEmitter {
  fire(): boolean {
    return this.emit('fired');
  }
}

type AnyDecorator = (...args: never[]) => unknown;
const decorateWith = (decorator: unknown, ...args: unknown[]): unknown =>
  (decorator as AnyDecorator)(...(args as never[]));

export const cases: Cases = {
  'instance, static and symbol-named methods keep their this': () =>
    withClient((client) => {
      const base = new Base();
      assert.equal(base.method(1, 'x'), base);
      assert.equal(Base.method(), Base);
      assert.equal(base[SECRET](), 'secret');
      const child = new Child();
      assert.equal(child.method(1, 'x'), child);
      assert.deepEqual(
        client.of('event').map(({ key }) => key),
        ['instance', 'static', 'Base_[secret]', 'instance'],
      );
    }),

  'a method may be named by a number': () =>
    withClient((client) => {
      assert.equal(new Base()[404](), 'not found');
      assert.deepEqual(
        client.of('event').map(({ key }) => key),
        ['Base_404'],
      );
    }),

  'name, length and source text are kept': () => {
    const descriptor = Object.getOwnPropertyDescriptor(Base.prototype, 'method');
    assert.equal(descriptor?.enumerable, false);
    assert.equal(Base.prototype.method.name, 'method');
    assert.equal(Base.prototype.method.length, 2);
    assert.match(String(Base.prototype.method), /^method\(a, _b\d?\)/);
    assert.throws(() => new (Base.prototype.method as unknown as new () => object)(), TypeError);
    assert.equal(Object.hasOwn(Base.prototype.method, 'prototype'), false);
  },

  'five decorators make one wrapper and one derived promise': () =>
    withClient(async (client) => {
      assert.equal(weaveMetadataOf(Base.prototype.stacked).length, 4);
      let thens = 0;
      const original = Object.getOwnPropertyDescriptor(Promise.prototype, 'then') as PropertyDescriptor;
      Object.defineProperty(Promise.prototype, 'then', {
        ...original,
        value(this: Promise<unknown>, ...args: unknown[]) {
          thens++;
          return Reflect.apply(original.value as () => unknown, this, args);
        },
      });
      try {
        new Base().stacked();
      } finally {
        Object.defineProperty(Promise.prototype, 'then', original);
      }
      assert.equal(thens, 1);
      assert.equal(await new Base().stacked(), 1);
      assert.equal(client.of('event').length, 4);
      assert.equal(client.of('trace').length, 2);
    }),

  'metadata is one for wrapper and original, before and after': () => {
    const reflector = new Reflector();
    const original = (): unknown => undefined;
    SetMetadata('roles', ['admin'])(original as never);
    const wrapped = weaveLikeADecorator(original);
    assert.deepEqual(reflector.get('roles', wrapped), ['admin']);
    Reflect.defineMetadata('below', 1, original);
    assert.equal(Reflect.getOwnMetadata('below', wrapped), 1);
    Reflect.defineMetadata('above', 2, wrapped);
    assert.equal(Reflect.getOwnMetadata('above', original), 2);
    assert.deepEqual(Reflect.getOwnMetadataKeys(wrapped), Reflect.getOwnMetadataKeys(original));
    assert.equal(Reflect.deleteMetadata('above', wrapped), true);
    assert.equal(Reflect.hasMetadata('above', original), false);
  },

  'properties of the function are shared, whichever side sets them and when': () => {
    const original = Object.assign(() => 1, { route: '/a' });
    const wrapped = weaveLikeADecorator(original) as typeof original;
    const inside = original as unknown as Record<string, unknown>;
    const outside = wrapped as unknown as Record<string, unknown>;
    assert.deepEqual(Object.keys(wrapped), ['route']);
    wrapped.route = '/b';
    assert.equal(original.route, '/b');
    inside['below'] = 1;
    assert.equal(outside['below'], 1);
    outside['above'] = 2;
    assert.equal(inside['above'], 2);
    inside['above'] = 3;
    assert.equal(outside['above'], 3);
    assert.deepEqual(Object.keys(wrapped), ['route', 'above']);
  },

  'a decorator that comes after the first call counts from then on': () =>
    withClient((client) => {
      const target = { work: () => 1 };
      instrument(target, { work: TrackEvent('first') });
      target.work();
      instrument(target, { work: TrackEvent('second') });
      target.work();
      assert.deepEqual(
        client.of('event').map(({ key }) => key),
        ['first', 'first', 'second'],
      );
    }),

  'it is called, applied and bound like the original': () => {
    const self = {};
    const wrapped = weaveLikeADecorator(function (this: unknown, ...rest: unknown[]) {
      return [this === self, ...rest];
    });
    assert.equal(wrapped.call, Function.prototype.call);
    assert.deepEqual(wrapped.call(self, 2, 3), [true, 2, 3]);
    assert.deepEqual(wrapped.apply(self, [2, 3]), [true, 2, 3]);
    assert.deepEqual(wrapped.bind(self, 2)(3), [true, 2, 3]);
    assert.equal(wrapped.bind(1).name, `bound ${wrapped.name}`);
    assert.ok(wrapped instanceof Function);
    assert.equal(Object.prototype.toString.call(weaveLikeADecorator(async () => {})), '[object AsyncFunction]');
  },

  'what is set on an inherited method in a subclass does not reach the parent': () => {
    const taken = Object.getOwnPropertyDescriptor(Whole.prototype, 'shared')?.value as Record<string, unknown>;
    const parents = Parent.prototype.shared as unknown as Record<string, unknown>;
    taken['route'] = '/whole';
    Reflect.defineMetadata('roles', ['admin'], taken);
    assert.equal(parents['route'], undefined);
    assert.equal(Reflect.hasMetadata('roles', parents), false);
  },

  'functions that construct still do': () =>
    withClient(() => {
      function Point(this: { x: number }, x: number): void {
        this.x = x;
      }
      const Woven = weave(Point as never, TrackEvent('made')) as unknown as new (x: number) => { x: number };
      const point = new Woven(4);
      assert.equal(point.x, 4);
      assert.ok(point instanceof (Point as never));
      assert.ok(point instanceof Woven);
    }),

  'Instrument takes own, inherited and static methods, and nothing else': () =>
    withClient((client) => {
      const whole = new Whole();
      assert.equal(whole.own(), 'shared by Whole');
      whole.silent();
      whole.traced();
      assert.throws(() => whole.fails(), /parent/);
      assert.equal(Whole.count(), 3);
      assert.deepEqual(
        client.of('trace').map(({ trace }) => trace.name),
        ['Whole_shared', 'Whole_own', 'own name', 'Whole_fails', 'Whole_count'],
      );
      assert.equal(client.of('crash').length, 1);
      client.clear();
      assert.equal(new Parent().shared(), 'shared by Parent');
      assert.equal(client.records.length, 0);
    }),

  'an instrumented subclass sees what is patched on its parent later': () =>
    withClient(() => {
      const before = Parent.prototype.shared;
      Parent.prototype.shared = () => 'patched';
      try {
        assert.equal(new Whole().own(), 'patched');
      } finally {
        Parent.prototype.shared = before;
      }
    }),

  'Instrument stops at the classes of Node': () =>
    withClient((client) => {
      new Emitter().fire();
      assert.deepEqual(
        client.of('trace').map(({ trace }) => trace.name),
        ['Emitter_fire'],
      );
      assert.equal(Object.hasOwn(Emitter.prototype, 'emit'), false);
    }),

  'wovenMethods lists what stands where': () => {
    const list = wovenMethods(Whole).map(({ methodName, isStatic, records }) => [
      methodName,
      isStatic,
      records.map(({ kind }) => kind),
    ]);
    assert.deepEqual(list, [
      ['own', false, ['trace', 'error', 'timed-event']],
      ['shared', false, ['trace', 'error', 'timed-event']],
      ['traced', false, ['trace', 'error', 'timed-event']],
      ['fails', false, ['trace', 'error', 'timed-event']],
      ['count', true, ['trace', 'error', 'timed-event']],
    ]);
    const [record] = weaveMetadataOf(Base.method);
    assert.equal(record?.key, 'static');
    assert.equal(record?.isStatic, true);
  },

  'weave and instrument do the same without decorators': () =>
    withClient((client) => {
      const seen: unknown[] = [];
      const add = weave((a: number, b: number) => a + b, TrackEvent('added', { sum: (call) => call.result ?? 0 }), {
        after: (call, scope) => void seen.push(call.args, call.result, scope.deviceId),
      });
      assert.equal(add(1, 2), 3);
      assert.deepEqual(seen, [[1, 2], 3, 'process-device']);
      assert.equal(client.of('event')[0]?.options.sum, 3);

      const proto = { load: (id: number) => id };
      const store = Object.create(proto) as typeof proto;
      assert.equal(instrument(store, { load: [Trace('store.load'), TrackEvent('loaded')] }), store);
      assert.equal(store.load(7), 7);
      assert.equal(proto.load(8), 8);
      assert.equal(client.of('trace').length, 1);
      assert.throws(() => instrument(store, { nothing: Trace() } as never), /not a method/);
      assert.throws(() => weave(5 as never), /expected a function/);
      assert.throws(() => weave(() => {}, 5 as never), /Expected a decorator/);
    }),
};

type AnyMethod = (this: unknown, ...args: unknown[]) => unknown;

function weaveLikeADecorator(original: AnyMethod): AnyMethod {
  const descriptor = { value: original, configurable: true, writable: true };
  decorateWith(TrackEvent('x'), { constructor: Base }, 'probe', descriptor);
  assert.notEqual(descriptor.value, original);
  return descriptor.value;
}
