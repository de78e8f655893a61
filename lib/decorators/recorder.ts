import type { ContextScope, RegisteredClient } from '../scope/current.js';
import type { ScopeApi } from '../scope/scope-api.js';
import { FAILED, MethodCall, runCallback, warnOnce } from './call.js';
import type { Moment } from './options.js';
import { NO_SEGMENTS, type SegmentReader, segmentReader } from './segments.js';
import type { Advice, WeaveKind, WovenCall } from './weave/advice.js';
import { type MethodWeaver, methodDecorator } from './weave/method-decorator.js';
import type { Site } from './weave/woven.js';

/** The checked options of a recording decorator, with the types of their callbacks forgotten. */
interface RecordingOptions {
  readonly on?: Moment | undefined;
  readonly when?: unknown;
  readonly sample?: number | undefined;
  readonly device?: unknown;
  readonly client?: string | undefined;
  readonly segmentation?: unknown;
}

/** A decorator that writes a record. */
export interface RecordingSpec {
  /** For messages: `@TrackEvent`. */
  readonly decorator: string;
  readonly kind: WeaveKind;
  readonly key?: string | undefined;
  readonly options: RecordingOptions;
  /** When it records, unless its options say otherwise. */
  readonly on: Moment;
  readonly timed?: boolean;
  readonly framed?: boolean;
  readonly segmented?: boolean;
  /** Options of its own that may be callbacks. */
  readonly callbacks?: readonly unknown[];
  /** After the end of a call that was recorded before it began. */
  readonly afterwards?: Advice['settled'];
}

/** Writes one record; `seen` is there when a callback wants it. What it returns is the advice's state in `afterwards`. */
export type Recording = (scope: ScopeApi, call: WovenCall, seen: MethodCall | undefined) => unknown;

/** Makes a decorator that decides by the common options whether, when and for whom to record. */
export function recordingDecorator<This, Args extends readonly unknown[], Result>(
  spec: RecordingSpec,
  recording: (recorder: Recorder) => Recording,
): MethodWeaver<This, Args, Result> {
  const { decorator, key, options } = spec;
  const advice = (site: Site): Advice => new Recorder(spec, site).advice(recording);
  return methodDecorator({ decorator, key, options, advice });
}

/** A recording decorator on one method. */
export class Recorder {
  readonly segments: SegmentReader;

  constructor(
    readonly spec: RecordingSpec,
    readonly site: Site,
  ) {
    const { decorator, options, segmented } = spec;
    this.segments = segmented === true ? segmentReader(decorator, site, options.segmentation) : NO_SEGMENTS;
  }

  advice(recording: (recorder: Recorder) => Recording): Advice {
    const { kind, options, timed = false, framed, callbacks = [], afterwards } = this.spec;
    const { when, device, client } = options;
    const on = options.on ?? this.spec.on;
    const needsCall =
      this.segments.needsCall || [when, device, ...callbacks].some((callback) => typeof callback === 'function');
    const write = this.#decision(recording(this), needsCall);
    const readsArgs = needsCall || this.segments.readsArgs;
    const advice = { kind, client, framed, timed: timed && (on !== 'call' || afterwards !== undefined), readsArgs };
    if (on !== 'call') return { ...advice, settles: on, settled: (scope, call) => void write(scope, call) };
    const enter = (scope: ScopeApi, call: WovenCall): unknown => write(scope, call);
    return afterwards === undefined ? { ...advice, enter } : { ...advice, enter, settled: afterwards };
  }

  /** The key given to the decorator, else `Class.method`. */
  name({ instance }: WovenCall): string {
    return this.spec.key ?? this.site.layer(instance);
  }

  /** What the callback of an option gives; undefined when it is none, or failed. */
  ask(option: string, callback: unknown, scope: ScopeApi, seen: MethodCall | undefined): unknown {
    if (typeof callback !== 'function' || seen === undefined) return undefined;
    const given = this.#run(option, callback, scope, seen);
    return given === FAILED ? undefined : given;
  }

  #run(option: string, callback: unknown, scope: ScopeApi, seen: MethodCall): unknown {
    const what = (): string => `Option \`${option}\` of ${this.spec.decorator} on ${this.site.layer(seen.instance)}`;
    return runCallback(scope, what, callback as (call: MethodCall) => unknown, seen);
  }

  /** Whether and for whom to record, as the common options say. */
  #decision(record: Recording, needsCall: boolean): (scope: ScopeApi, call: WovenCall) => unknown {
    const { when, device, sample = 1 } = this.spec.options;
    return (scope, call) => {
      if (sample < 1 && Math.random() >= sample) return undefined;
      if (!needsCall) return record(scope, call, undefined);
      const seen = new MethodCall(this.site, call);
      if (when !== undefined && this.#run('when', when, scope, seen) !== true) return undefined;
      const target = device === undefined ? scope : deviceScope(scope, this.#run('device', device, scope, seen));
      return target === undefined ? undefined : record(target, call, seen);
    };
  }
}

/** The scope of another device on the same client; nothing rather than the wrong person's when the id is unusable. */
export function deviceScope(scope: ScopeApi, deviceId: unknown): ScopeApi | undefined {
  if (deviceId === FAILED) return undefined;
  const client = (scope as Partial<ContextScope>).client ?? (scope as Partial<RegisteredClient>);
  if (typeof deviceId === 'string' && deviceId !== '' && typeof client.device === 'function') {
    return client.device(deviceId);
  }
  warnOnce(scope, 'device id', `A \`device\` callback must give a non-empty string, got ${typeof deviceId}.`);
  return undefined;
}
