import assert from 'node:assert/strict';
import { ChangeDeviceId } from '../../../lib/decorators/change-device-id.js';
import { GiveConsent, WithdrawConsent } from '../../../lib/decorators/consent.js';
import { Conversion } from '../../../lib/decorators/conversion.js';
import { Feedback } from '../../../lib/decorators/feedback.js';
import { Instrument } from '../../../lib/decorators/instrument.js';
import { instrument } from '../../../lib/decorators/plain.js';
import { UserData, UserDetails } from '../../../lib/decorators/profile.js';
import { ReportErrors } from '../../../lib/decorators/report-errors.js';
import { BeginSession, EndSession } from '../../../lib/decorators/sessions.js';
import { EndEvent, StartEvent } from '../../../lib/decorators/start-event.js';
import { Trace } from '../../../lib/decorators/trace.js';
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

  'what a decorator cannot do without is asked for where it stands': () => {
    const refuse = (make: () => unknown, pattern: RegExp): void =>
      assert.throws(make, (error: Error) => error.name === 'CountlyDecoratorError' && pattern.test(error.message));
    refuse(
      () => UserDetails({} as never),
      /^@UserDetails: expected a function of the call that gives the details, got an obj/,
    );
    refuse(() => UserData(undefined as never), /^@UserData: expected a function .*changes the user, got nothing/);
    refuse(
      () => ChangeDeviceId('user-7' as never),
      /^@ChangeDeviceId: .*gives the device id, got a text of 6 .*not shown/,
    );
    refuse(() => ChangeDeviceId(() => '', { merge: 1 as never }), /merge: expected true or false, got 1 \(number\)/);
    refuse(() => Conversion(''), /^@Conversion: expected the campaign to be a non-empty text, got an empty text/);
    refuse(() => Conversion(5 as never), /^@Conversion: expected a function of the call that gives the campaign/);
    refuse(() => Conversion('x', { campaignUserID: '' } as never), /did you mean "campaignUserId"/);
    refuse(() => Feedback(() => null, { widget: 'stars' as never }), /widget: expected "rating", "nps" or "survey"/);
    refuse(() => GiveConsent([]), /^@GiveConsent: expected names of features or groups, got a list of 0/);
    refuse(() => WithdrawConsent(''), /^@WithdrawConsent: expected names .*got an empty text/);
    refuse(() => GiveConsent(['events', 1] as never), /^@GiveConsent: expected names .*got a list of 2/);
    refuse(() => BeginSession({ heartbeat: 'yes' as never }), /heartbeat: expected true or false, got/);
    refuse(() => EndSession({ seconds: 5 } as never), /seconds: expected one of on, when.*got an unknown option/);
    refuse(
      () => StartEvent(undefined as never),
      /^@StartEvent: expected the key .*got nothing\. Write @StartEvent\('key'\)/,
    );
    refuse(
      () => StartEvent('x', { within: 'request' as never }),
      /within: expected "device" or "scope", got "request"/,
    );
    refuse(() => EndEvent('x', { count: 0 }), /count: expected a whole number, 1 or more/);
    refuse(() => EndEvent('x', { dur: 5 } as never), /dur: expected .*got an unknown option/);
  },

  'those that want a callback notice their missing parentheses in both dialects': () => {
    class Victim {
      run(): void {}
      static run(): void {}
    }
    const descriptor = Object.getOwnPropertyDescriptor(Victim.prototype, 'run');
    for (const decorator of [
      UserDetails,
      UserData,
      ChangeDeviceId,
      Conversion,
      Feedback,
      GiveConsent,
      WithdrawConsent,
    ]) {
      const says = new RegExp(`^@${decorator.name} stands without parentheses\\. Write @${decorator.name}\\(`);
      refuses(() => decorateWith(decorator, Victim.prototype, 'run', descriptor), says);
      refuses(() => decorateWith(decorator, Victim, 'run', descriptor), says);
      refuses(() => decorateWith(decorator, Victim.prototype.run, { kind: 'method', name: 'run' }), says);
    }
    for (const decorator of [BeginSession, EndSession]) {
      refuses(() => decorateWith(decorator, Victim.prototype, 'run', descriptor), /stands without parentheses/);
      refuses(
        () => decorateWith(decorator, Victim.prototype.run, { kind: 'method', name: 'run' }),
        /without parentheses/,
      );
    }
    for (const decorator of [StartEvent, EndEvent]) {
      refuses(() => decorateWith(decorator, Victim.prototype, 'run', descriptor), /Write @\w+\('key'\)/);
    }
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

  'a frozen object keeps its methods, and instrument says so': () => {
    const frozen = Object.freeze({ load: () => 1 });
    const sealed = Object.preventExtensions(Object.create({ load: () => 1 })) as { load(): number };
    for (const target of [frozen, sealed]) {
      refuses(() => instrument(target, { load: Trace() }), /`load` cannot be replaced, for the object is frozen/);
      assert.equal(target.load(), 1);
    }
    const fixed = Object.defineProperty({}, 'load', { value: () => 1, writable: true }) as { load(): number };
    assert.equal(instrument(fixed, { load: Trace() }).load(), 1);
  },
};
