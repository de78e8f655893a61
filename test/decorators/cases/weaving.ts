import 'reflect-metadata';
import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Instrument } from '../../../lib/decorators/instrument.js';
import { weaveMetadataOf, wovenMethods } from '../../../lib/decorators/metadata.js';
import { instrument, weave } from '../../../lib/decorators/plain.js';
import { ReportErrors } from '../../../lib/decorators/report-errors.js';
import { TimedEvent } from '../../../lib/decorators/timed-event.js';
import { Trace } from '../../../lib/decorators/trace.js';
import { TrackEvent } from '../../../lib/decorators/track-event.js';
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
        ['instance', 'static', 'Base.[secret]', 'instance'],
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
    const original = (): void => {};
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

  'properties of the function are shared': () => {
    const original = Object.assign(() => 1, { route: '/a' });
    const wrapped = weaveLikeADecorator(original) as typeof original;
    assert.deepEqual(Object.keys(wrapped), ['route']);
    wrapped.route = '/b';
    assert.equal(original.route, '/b');
    (original as unknown as Record<string, unknown>)['late'] = true;
    assert.equal((wrapped as unknown as Record<string, unknown>)['late'], true);
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
        ['Whole.shared', 'Whole.own', 'own name', 'Whole.fails', 'Whole.count'],
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
        ['Emitter.fire'],
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

  'wrong places are refused where they stand': () => {
    class Victim {
      get accessor(): number {
        return 1;
      }
    }
    const accessor = Object.getOwnPropertyDescriptor(Victim.prototype, 'accessor');
    const expectation = { name: 'CountlyDecoratorError', code: 'DECORATOR_MISUSE' };
    const refuse = (pattern: RegExp, ...args: unknown[]): void => {
      assert.throws(
        () => decorateWith(TrackEvent('x'), ...args),
        (error: Error) => {
          assert.equal(error.name, expectation.name);
          assert.match(error.message, /^@TrackEvent /);
          assert.match(error.message, pattern);
          return true;
        },
      );
    };
    refuse(
      /Victim\.accessor, which is a accessor|Victim\.accessor, which is an accessor/,
      Victim.prototype,
      'accessor',
      accessor,
    );
    refuse(/Victim\.field, which is a field/, Victim.prototype, 'field', undefined);
    refuse(/Victim\.field, which is a field/, Victim.prototype, 'field', { initializer: () => 1 });
    refuse(/Victim, which is a class.*@Instrument/, Victim);
    refuse(/Victim\.method, which is a parameter.*@Segment/, Victim.prototype, 'method', 0);
    refuse(/field, which is a field/, undefined, { kind: 'field', name: 'field' });
    refuse(/value, which is a getter/, () => 1, { kind: 'getter', name: 'value' });
    refuse(/Victim, which is a class/, Victim, { kind: 'class', name: 'Victim' });
    assert.throws(() => decorateWith(Instrument(), Victim.prototype, 'accessor', accessor), expectation);
    assert.throws(() => decorateWith(Instrument(), () => 1, { kind: 'method', name: 'm' }), expectation);
  },

  'wrong options are refused with name, expectation and value': () => {
    const refuse = (make: () => unknown, pattern: RegExp): void =>
      assert.throws(make, (error: Error) => error.name === 'CountlyDecoratorError' && pattern.test(error.message));
    refuse(() => TrackEvent(''), /expected the key to be a non-empty string/);
    refuse(() => TrackEvent('x', { count: 0 }), /`count` to be a positive integer.*got 0 \(number\)/);
    refuse(() => TrackEvent('x', { on: 'later' as never }), /`on` to be 'call', 'success'.*got 'later' \(string\)/);
    refuse(() => TrackEvent('x', { sample: 2 }), /`sample` to be a number from 0 to 1, got 2/);
    refuse(() => TrackEvent('x', { segmentaton: {} } as never), /no option `segmentaton`.*segmentation/);
    refuse(() => TrackEvent('x', [] as never), /expected options to be an object, got an array/);
    refuse(() => TrackEvent(5 as never), /expected options to be an object, got 5/);
    refuse(() => ReportErrors({ on: 'call' } as never), /no option `on`/);
    refuse(() => Instrument({ only: 'x' as never }), /`only` to be an array/);
  },
};

function weaveLikeADecorator(original: () => unknown): () => unknown {
  const descriptor = { value: original, configurable: true, writable: true };
  decorateWith(TrackEvent('x'), { constructor: Base }, 'probe', descriptor);
  assert.notEqual(descriptor.value, original);
  return descriptor.value;
}
