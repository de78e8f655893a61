import { shown } from '../check.js';
import { type ContextScope, type RegisteredClient, recordedBy, STANDS_FOR } from '../scope/current.js';
import type { DeviceScope } from '../scope/device-scope.js';
import type { ScopeApi } from '../scope/scope-api.js';
import { afterCommit } from '../scope/scope-parts.js';
import { type Callback, FAILED, runCallback, warnOnce } from './call.js';
import type { CommonOptions, Moment } from './options.js';
import { type SegmentReader, segmentReader } from './segments.js';
import type { Advice, WeaveKind, WovenCall } from './weave/advice.js';
import { type MethodWeaver, methodDecorator } from './weave/method-decorator.js';
import type { Site, Weaving } from './weave/woven.js';

/** The checked options of a recording decorator, with the types of their callbacks forgotten. */
type RecordingOptions = Pick<CommonOptions, 'on' | 'sample' | 'client'> &
  Readonly<{ when?: Callback; device?: Callback; segmentation?: unknown }>;

/** A decorator that writes a record. */
export interface RecordingSpec extends Omit<Weaving, 'advice'> {
  readonly kind: WeaveKind;
  readonly options: RecordingOptions;
  /** When it records, unless its options say otherwise. */
  readonly on: Moment;
  readonly timed?: boolean;
  readonly framed?: boolean;
  /** A callback looks at the arguments that is none of the options. */
  readonly readsArgs?: boolean;
  /** After the end of a call that was recorded before it began. */
  readonly afterwards?: Advice['settled'];
}

/** Writes one record. What it returns is the advice's state in `afterwards`. */
export type Recording = (scope: ScopeApi, call: WovenCall, recorder: Recorder) => unknown;

/** Whether a record fits the catalogue that its decorator comes from; `given` are its segments, or the metrics of a trace. */
export type Admits = (scope: ScopeApi, key: string, given: unknown) => boolean;

/** Makes a decorator that decides by the common options whether, when and for whom to record. */
export function recordingDecorator<This, Args extends readonly unknown[], Result>(
  spec: RecordingSpec,
  record: Recording,
): MethodWeaver<This, Args, Result> {
  return methodDecorator({ ...spec, advice: (site) => new Recorder(spec, site).advice(record) });
}

/** A recording decorator on one method. */
export class Recorder {
  readonly segments: SegmentReader;

  constructor(
    readonly spec: RecordingSpec,
    readonly site: Site,
  ) {
    this.segments = segmentReader(spec.decorator, site, spec.options.segmentation);
  }

  advice(record: Recording): Advice {
    const { decorator, kind, options, timed = false, framed, afterwards } = this.spec;
    const { on = this.spec.on, client, when, device, sample = 1 } = options;
    const chosen = (scope: ScopeApi, call: WovenCall): ScopeApi | undefined => {
      if (sample < 1 && Math.random() >= sample) return undefined;
      if (when !== undefined && this.ask('when', when, scope, call) !== true) return undefined;
      const id = device && runCallback(scope, decorator, 'device', device, call);
      if (device === undefined) return scope;
      return deviceScope(scope, id, `Option \`device\` of ${this.placeOf(call.instance)}`);
    };
    const recordIn = (target: ScopeApi, call: WovenCall): unknown => {
      recordedBy.recorder = this;
      recordedBy.instance = call.instance;
      try {
        return record(target, call, this);
      } finally {
        recordedBy.recorder = undefined;
        recordedBy.instance = undefined;
      }
    };
    const write = (scope: ScopeApi, call: WovenCall): unknown => {
      const target = chosen(scope, call);
      return target === undefined ? undefined : recordIn(target, call);
    };
    const writeLater = (scope: ScopeApi, call: WovenCall): void => {
      const target = chosen(scope, call);
      if (target !== undefined) afterCommit(target, () => void recordIn(target, call));
    };
    const looks = this.spec.readsArgs === true || Object.values(options).some((option) => typeof option === 'function');
    const readsArgs = (): boolean => looks || this.segments.hasParameters();
    const common = { kind, client, framed, timed: timed && (on !== 'call' || afterwards !== undefined), readsArgs };
    if (on === 'commit') return { ...common, settles: 'success', settled: writeLater };
    if (on !== 'call') return { ...common, settles: on, settled: write };
    return { ...common, enter: write, ...(afterwards && { settled: afterwards }) };
  }

  placeOf(instance: unknown): string {
    return `${this.spec.decorator} on ${this.site.layer(instance)}`;
  }

  /** The key given to the decorator, else `Class_method`. */
  name({ instance }: WovenCall): string {
    return this.spec.key ?? this.site.defaultKey(instance);
  }

  /** What the callback of an option gives; undefined when it is none, or failed. */
  ask(option: string, callback: unknown, scope: ScopeApi, call: WovenCall): unknown {
    if (typeof callback !== 'function') return undefined;
    const given = runCallback(scope, this.spec.decorator, option, callback as Callback, call);
    return given === FAILED ? undefined : given;
  }
}

/** The scope of another device on the same client; nothing rather than the wrong person's when the id is unusable. */
export function deviceScope(scope: ScopeApi, deviceId: unknown, where: string): ScopeApi | undefined {
  if (deviceId === FAILED) return undefined;
  const client = (scope as Partial<ContextScope>).client ?? (scope as Partial<RegisteredClient>);
  if (typeof deviceId === 'string' && deviceId !== '' && typeof client.device === 'function') {
    return client.device(deviceId);
  }
  const got = deviceId === '' ? 'an empty text' : shown(deviceId);
  warnOnce(scope, `device id ${where}`, `${where} must give a non-empty text, got ${got}; that device is not used.`);
  return undefined;
}

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
