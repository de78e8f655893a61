import { tracingChannel } from 'node:diagnostics_channel';
import { shared } from '../../shared.js';
import type { Advice, Method, WovenCall } from './advice.js';
import type { WeaveRecord, Woven } from './woven.js';

/** A call of a woven method, as subscribers of the tracing channel `countly-weave:call` see it. It fills up as the call goes on. */
export interface CallMessage {
  /** As in `Call`. */
  readonly className: string;
  /** Its name. */
  readonly methodName: string;
  /** The object it was called on. */
  readonly instance: unknown;
  /** What it was called with. */
  readonly args: readonly unknown[];
  /** The decorators of the method. */
  readonly records: readonly WeaveRecord[];
  /** What came of it in the end: of a promise its value. */
  result?: unknown;
  /** What it failed with. */
  error?: unknown;
  /** Milliseconds until the work had ended. */
  durationMs?: number;
}

/** Goes around every woven call. It runs `work` once and gives what that gives. */
export interface CallObserver {
  around(message: CallMessage, work: () => unknown): unknown;
  /** The work has ended; for an Observable once a subscription. */
  ended(message: CallMessage, failed: boolean): void;
}

const channel = tracingChannel<CallMessage, CallMessage>('countly-weave:call');
const state = shared('call-observers.1', () => ({ observers: new Set<CallObserver>() }));

/** @returns what takes it away again */
export function observeCalls(observer: CallObserver): () => void {
  state.observers.add(observer);
  return () => void state.observers.delete(observer);
}

/** Whether anybody listens. Until then a call takes another way and pays nothing. */
export function isObserved(): boolean {
  return channel.hasSubscribers || state.observers.size > 0;
}

/** A call that was told of and has not got to its method yet. */
interface Told {
  readonly message: CallMessage;
  readonly observers: readonly CallObserver[];
  /** The method has returned: what comes of it comes later. */
  returned: boolean;
  ended: boolean;
}
let entering: Told | undefined;

/** Takes a call over from `observed` before the method runs, and tells of its end. Without a name: it is nobody's record. */
export const observing: Advice = {
  kind: 'custom',
  timed: true,
  readsArgs: false,
  enter() {
    const told = entering;
    entering = undefined;
    return told;
  },
  settled(_scope, { failed, value, durationMs }: WovenCall, told) {
    if (told !== undefined) end(told as Told, failed, value, durationMs);
  },
};

function end(told: Told, failed: boolean, value: unknown, durationMs: number): void {
  const { message, observers, returned } = told;
  told.ended = true;
  message.durationMs = durationMs;
  if (failed) message.error = value;
  else message.result = value;
  if (failed) channel.error.publish(message);
  for (const observer of observers) observer.ended(message, failed);
  if (!returned) return;
  channel.asyncStart.publish(message);
  channel.asyncEnd.publish(message);
}

/** What a wrapper calls while somebody listens: the recorded call, told of from outside. */
export function observed(woven: Woven, recorded: Method): Method {
  return function (this: unknown, ...args: unknown[]): unknown {
    const { site, records } = woven;
    const className = site.className(this);
    const message: CallMessage = { className, methodName: site.methodName, instance: this, args, records };
    const observers = [...state.observers];
    const told: Told = { message, observers, returned: false, ended: false };
    const call = (): unknown => {
      entering = told;
      try {
        return Reflect.apply(recorded, this, args);
      } catch (error) {
        // Nobody recorded the call, so nobody told of its end.
        if (!told.ended) end(told, true, error, 0);
        throw error;
      } finally {
        entering = undefined;
        told.returned = true;
        channel.end.publish(message);
      }
    };
    const work = observers.reduce((inner, observer) => () => observer.around(message, inner), call);
    return channel.start.runStores(message, work);
  };
}
