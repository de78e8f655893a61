import assert from 'node:assert/strict';
import { Instrument } from '../../../lib/decorators/instrument.js';
import { ReportErrors } from '../../../lib/decorators/report-errors.js';
import { TrackEvent } from '../../../lib/decorators/track-event.js';
import type { Cases } from './harness.js';

/** A decorator whose types forgot where it may stand. */
type Anywhere = (target: unknown, key?: unknown, descriptor?: unknown) => void;
const anywhere = TrackEvent('x') as unknown as Anywhere;

const decorateWith = (decorator: unknown, ...args: unknown[]): unknown =>
  (decorator as (...args: unknown[]) => unknown)(...args);

function refuses(define: () => unknown, place: RegExp): void {
  assert.throws(define, (error: Error & { code?: string }) => {
    assert.equal(error.name, 'CountlyDecoratorError');
    assert.equal(error.code, 'DECORATOR_MISUSE');
    assert.match(error.message, place);
    return true;
  });
}

export const cases: Cases = {
  'accessors, fields and classes are refused while the class is defined': () => {
    refuses(() => {
      class Victim {
        @anywhere
        get value(): number {
          return 1;
        }
      }
      return Victim;
    }, /^@TrackEvent stands on (Victim\.)?value, which is (a getter|an accessor), not a method\. Move the work into a method/);
    refuses(() => {
      class Victim {
        @anywhere
        set value(_: number) {}
      }
      return Victim;
    }, /value, which is (a setter|an accessor), not a method/);
    refuses(() => {
      class Victim {
        @anywhere
        run = (): number => 1;
      }
      return new Victim();
    }, /run, which is a field, not a method\. Turn the field into a method: name\(…\)/);
    refuses(() => {
      @anywhere
      class Victim {}
      return Victim;
    }, /Victim, which is a class, not a method\. Put it on a method, or use @Instrument/);
  },

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
    refuse(/Victim\.accessor, which is an accessor/, Victim.prototype, 'accessor', accessor);
    refuse(/Victim\.field, which is a field/, Victim.prototype, 'field', undefined);
    refuse(/Victim\.field, which is a field/, Victim.prototype, 'field', { initializer: () => 1 });
    refuse(/Victim, which is a class.*@Instrument/, Victim);
    refuse(/Victim\.method, which is a parameter.*@Segment/, Victim.prototype, 'method', 0);
    refuse(/field, which is a field/, undefined, { kind: 'field', name: 'field' });
    refuse(/value, which is a getter/, () => 1, { kind: 'getter', name: 'value' });
    refuse(/value, which is an accessor/, { get: () => 1 }, { kind: 'accessor', name: 'value' });
    refuse(/Victim, which is a class/, Victim, { kind: 'class', name: 'Victim' });
    assert.throws(() => decorateWith(Instrument(), Victim.prototype, 'accessor', accessor), expectation);
    assert.throws(() => decorateWith(Instrument(), () => 1, { kind: 'method', name: 'm' }), expectation);
  },

  'wrong options are refused with name, expectation and value': () => {
    const refuse = (make: () => unknown, pattern: RegExp): void =>
      assert.throws(make, (error: Error) => error.name === 'CountlyDecoratorError' && pattern.test(error.message));
    refuse(() => TrackEvent(''), /^@TrackEvent: expected the key to be a non-empty text, got an empty text/);
    refuse(() => TrackEvent('x', { count: 0 }), /count: expected a whole number, 1 or more .*got 0 \(number\)/);
    refuse(() => TrackEvent('x', { on: 'later' as never }), /on: expected "call", "success".*got "later" \(string\)/);
    refuse(() => TrackEvent('x', { sample: 2 }), /sample: expected a number from 0 to 1, got 2/);
    refuse(() => TrackEvent('x', { segmentaton: {} } as never), /segmentaton: .*did you mean "segmentation"/);
    refuse(() => TrackEvent('x', { sample: 2, on: 1 } as never), /sample: .*on: /);
    refuse(() => TrackEvent('x', [] as never), /expected options to be an object, got a list of 0/);
    refuse(() => TrackEvent(5 as never), /expected options to be an object, got a value of type number/);
    refuse(() => ReportErrors({ on: 'call' } as never), /on: expected one of when, .*got an unknown option/);
    refuse(() => Instrument({ only: 'x' as never }), /only: expected a list of method names, got "x"/);
  },

  'a decorator without its parentheses says so': () => {
    const refuse = (use: () => unknown, name: string): void =>
      assert.throws(use, (error: Error) => error.message === `${name} stands without parentheses. Write ${name}().`);
    class Victim {
      run(): void {}
    }
    const descriptor = Object.getOwnPropertyDescriptor(Victim.prototype, 'run');
    const context = { kind: 'method', name: 'run' };
    refuse(() => decorateWith(TrackEvent, Victim.prototype, 'run', descriptor), '@TrackEvent');
    refuse(() => decorateWith(TrackEvent, Victim.prototype.run, context), '@TrackEvent');
    refuse(() => decorateWith(ReportErrors, Victim.prototype, 'run', descriptor), '@ReportErrors');
    refuse(() => decorateWith(ReportErrors, Victim.prototype.run, context), '@ReportErrors');
    refuse(() => decorateWith(Instrument, Victim), '@Instrument');
  },
};
