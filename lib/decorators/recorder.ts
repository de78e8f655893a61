import type { ContextScope, RegisteredClient } from '../scope/current.js';
import type { ScopeApi } from '../scope/scope-api.js';
import { MethodCall } from './call.js';
import type { Moment } from './options.js';
import type { Advice, WeaveKind, WovenCall } from './weave/advice.js';
import { FAILED, runCallback, warnOnce } from './weave/contained.js';
import type { Site } from './weave/woven.js';

/** The common options after checking, with the types of their callbacks forgotten. */
export interface RecordingOptions {
  readonly on?: Moment | undefined;
  readonly when?: unknown;
  readonly sample?: number | undefined;
  readonly device?: unknown;
  readonly client?: string | undefined;
}

/**
 * Writes one record. `seen` is the call as callbacks get it, there when `needsCall` asked for it. What it returns becomes the advice's state, when it records before the method runs.
 */
export type Recording = (scope: ScopeApi, call: WovenCall, seen: MethodCall | undefined) => unknown;

export interface RecorderSpec {
  readonly kind: WeaveKind;
  /** For messages: `@TrackEvent`. */
  readonly decorator: string;
  readonly site: Site;
  readonly options: RecordingOptions;
  readonly on: Moment;
  readonly timed: boolean;
  /** The recording has callbacks of its own. */
  readonly needsCall: boolean;
  /** The recording looks at the arguments for another reason than a callback. */
  readonly readsArgs?: () => boolean;
  readonly record: Recording;
}

type Callback<Value> = (call: MethodCall) => Value;

/** The advice of a recording decorator: decides by the common options whether, when and for whom to record. */
export function recorder(spec: RecorderSpec): Advice {
  const { kind, options, record } = spec;
  const on = options.on ?? spec.on;
  const needsCall = spec.needsCall || options.when !== undefined || options.device !== undefined;
  // Nothing to decide is the usual case; then the record is written straight away.
  const write: Recording = needsCall || (options.sample ?? 1) < 1 ? decision(spec, needsCall) : record;
  const advice = {
    kind,
    client: options.client,
    timed: spec.timed && on !== 'call',
    readsArgs: needsCall || (spec.readsArgs ?? false),
  };
  if (on === 'call') return { ...advice, enter: (scope, call) => write(scope, call, undefined) };
  return { ...advice, settles: on, settled: (scope, call) => void write(scope, call, undefined) };
}

function decision({ decorator, site, options, record }: RecorderSpec, needsCall: boolean): Recording {
  const when = options.when as Callback<boolean> | undefined;
  const device = options.device as Callback<string | undefined> | undefined;
  const sample = options.sample ?? 1;
  return (scope, call) => {
    if (sample < 1 && Math.random() >= sample) return undefined;
    if (!needsCall) return record(scope, call, undefined);
    const seen = new MethodCall(site, call);
    const what = (option: string) => () => `Option \`${option}\` of ${decorator} on ${site.layer(call.instance)}`;
    if (when !== undefined && runCallback(scope, what('when'), when, seen) !== true) return undefined;
    const target = device === undefined ? scope : deviceScope(scope, runCallback(scope, what('device'), device, seen));
    return target === undefined ? undefined : record(target, call, seen);
  };
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
