import { type ContextScope, STANDS_FOR } from '../scope/current.js';
import type { DeviceScope } from '../scope/device-scope.js';
import type { ScopeApi } from '../scope/scope-api.js';
import { warnOnce } from './call.js';
import { type Recorder, type RecordingSpec, recordingDecorator } from './recorder.js';
import type { WovenCall } from './weave/advice.js';
import type { MethodWeaver } from './weave/method-decorator.js';

/** What can be told of a person, beside what code does: sessions, profile, id, consent. */
export type Visitor = Pick<
  DeviceScope,
  | 'beginSession'
  | 'endSession'
  | 'userDetails'
  | 'userData'
  | 'changeId'
  | 'reportConversion'
  | 'reportFeedback'
  | 'reportNps'
  | 'reportSurvey'
  | 'giveConsent'
  | 'removeConsent'
>;

/** Tells something of the person that the call is made for. */
type Telling = (visitor: Visitor, call: WovenCall, recorder: Recorder, scope: ScopeApi) => void;

/** Makes a decorator that tells something of a person, by the common options. */
export function visitorDecorator<This, Args extends readonly unknown[], Result>(
  spec: RecordingSpec,
  tell: Telling,
): MethodWeaver<This, Args, Result> {
  return recordingDecorator(spec, (scope, call, recorder) => {
    const visitor = visitorOf(scope);
    if (visitor !== undefined) return tell(visitor, call, recorder, scope);
    const { decorator } = spec;
    warnOnce(scope, `no visitor ${decorator}`, `${decorator}: this scope knows of no person; nothing is told.`);
  });
}

/** What a module adds to the records of its methods is no part of a person. */
function visitorOf(scope: ScopeApi): Visitor | undefined {
  const known = (scope as { readonly [STANDS_FOR]?: ScopeApi })[STANDS_FOR] ?? scope;
  const visitor = known as Partial<Visitor & ContextScope>;
  return typeof visitor.beginSession === 'function' ? (visitor as Visitor) : undefined;
}
