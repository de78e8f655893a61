import { AsyncLocalStorage } from 'node:async_hooks';
import { isReference, member } from '../check.js';
import { shared } from '../shared.js';

const MAX_LAYERS = 50;
const MAX_CAUSES = 16;
const MAX_PRIMITIVES = 16;
/** Frames whose calls never end would stay for ever; the oldest give way. */
const MAX_FRAMES = 1000;

interface Trail {
  readonly layers: string[];
  /** Moment of the report on the sequence of this process; 0 while there is none. */
  reportedAt: number;
}

const state = shared('error-trail.3', () => ({
  trails: new WeakMap<object, Trail>(),
  /** The frame of the running code, as far as it still runs without a pause; 0 outside of all. */
  running: 0,
  /** The frame that code after a pause goes on in. */
  carried: new AsyncLocalStorage<number>(),
  /** Frames of calls that paused against expectation; see `frameGoesOn`. */
  uncarried: new Set<number>(),
  /** Primitives reported below a frame that is still open. */
  seen: new Map<number, unknown[]>(),
  lastPrimitive: new WeakMap<object, { readonly value: unknown; readonly at: number }>(),
  sequence: 0,
}));

/**
 * A call that would report a failure. What its callees report while it runs is the same failure on its way up. Errors are
 * told by identity; a thrown text has none, so its report marks the call around it, which only the async context knows.
 */
export interface FailureFrame {
  /** Also the moment when the call began, on the sequence of this process. */
  readonly id: number;
  /** The frame that the call was made in; 0 when there is none. */
  readonly outer: number;
}

/** The frame of the running code; 0 outside of all. */
export function currentFrame(): number {
  return state.running !== 0 ? state.running : (state.carried.getStore() ?? 0);
}

/** Makes a frame current for the running code. The caller puts back what it returned, whatever happens. */
export function enterFrame(frame: number): number {
  const before = state.running;
  state.running = frame;
  return before;
}

/** The same for what the running code starts and what follows its pauses; `run` would want a closure for each call. */
export function carryFrame(frame: number): number {
  const before = state.carried.getStore() ?? 0;
  state.carried.enterWith(frame);
  return before;
}

/** The call was thought to end at once and goes on: what its callees report is recognised without its frame then. */
export function frameGoesOn({ id }: FailureFrame): void {
  if (state.uncarried.size >= MAX_FRAMES) state.uncarried.clear();
  state.uncarried.add(id);
}

/** A call has ended: when it failed with a primitive that was reported, the call around it has to know. */
export function closeFrame({ id, outer }: FailureFrame, failed: boolean, value: unknown): void {
  if (state.uncarried.size > 0) state.uncarried.delete(id);
  if (state.seen.size === 0) return;
  if (failed && state.seen.get(id)?.includes(value) === true) noteSeen(outer, value);
  state.seen.delete(id);
}

function noteSeen(frame: number, primitive: unknown): void {
  if (frame === 0) return;
  const values = state.seen.get(frame) ?? [];
  if (values.length >= MAX_PRIMITIVES) values.shift();
  values.push(primitive);
  state.seen.set(frame, values);
  if (state.seen.size > MAX_FRAMES) state.seen.delete(state.seen.keys().next().value as number);
}

/** Where a report of a failure comes from. */
export interface ReportOrigin {
  /** The call that reports. */
  readonly frame?: FailureFrame | undefined;
  /** What `reportSequence()` gave when the observed work began; an earlier report of the same object is not the same failure. */
  readonly since?: number | undefined;
  /** The scope that records; recognises primitives for observers that stand outside of every decorated call. */
  readonly scope?: object | undefined;
}

/** The present moment, for `claimReport`; also the number of a new frame. */
export function reportSequence(): number {
  return ++state.sequence;
}

/**
 * Asks for the right to report a failure: true exactly once for each failure, whoever asks first – a decorated layer, or
 * an observer such as an exception interceptor. An error whose `cause` was reported counts as reported. Never throws.
 */
export function claimReport(error: unknown, { frame, since, scope }: ReportOrigin = {}): boolean {
  const begun = frame?.id ?? since ?? 0;
  if (!isReference(error)) return claimPrimitive(error, begun, frame, scope);
  const chain = causesOf(error);
  const known = chain.some((link) => (state.trails.get(link)?.reportedAt ?? 0) > begun);
  const at = reportSequence();
  for (const link of chain) trailOf(link).reportedAt = at;
  return !known;
}

function claimPrimitive(value: unknown, begun: number, frame?: FailureFrame, scope?: object): boolean {
  if (frame === undefined || state.uncarried.has(frame.id)) {
    const last = scope && state.lastPrimitive.get(scope);
    if (last !== undefined && Object.is(last.value, value) && last.at > begun) return false;
  }
  if (frame !== undefined) {
    if (state.seen.get(frame.id)?.includes(value) === true) return false;
    // On this frame, not on the one around it: `closeFrame` hands it on when the call ends.
    noteSeen(frame.id, value);
  }
  if (scope !== undefined) state.lastPrimitive.set(scope, { value, at: reportSequence() });
  return true;
}

/** Remembers that an error left a decorated method. Frozen errors too: nothing is written on the error. */
export function noteCrossing(error: unknown, layer: string): void {
  if (!isReference(error)) return;
  const { layers } = trailOf(error);
  if (layers.length < MAX_LAYERS && !layers.includes(layer)) layers.push(layer);
}

/** The decorated methods (`Class.method`) an error crossed so far, innermost first. Empty for primitives. */
export function layersOf(error: unknown): readonly string[] {
  return isReference(error) ? (state.trails.get(error)?.layers ?? []) : [];
}

function trailOf(error: object): Trail {
  const known = state.trails.get(error);
  if (known !== undefined) return known;
  const cause = causesOf(error).find((link) => state.trails.has(link));
  const own: Trail = { layers: [...layersOf(cause)], reportedAt: 0 };
  state.trails.set(error, own);
  return own;
}

/** The error and what it says caused it. */
function causesOf(error: object): object[] {
  const chain: object[] = [];
  let link: unknown = error;
  while (isReference(link) && chain.length < MAX_CAUSES && !chain.includes(link)) {
    chain.push(link);
    link = member(link, 'cause');
  }
  return chain;
}
