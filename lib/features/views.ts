import { randomBytes } from 'node:crypto';
import { truncate } from '../config/limits.js';
import { jsonString } from '../protocol/json-text.js';
import { localTime } from '../protocol/timestamp.js';
import type { DeviceState, ViewOnDisplay } from './device-state.js';
import type { FeaturePort, Target } from './feature.js';
import { segmentationText } from './segmentation-text.js';

/** Names Countly uses itself in a view's segmentation (contract §4.4). */
const RESERVED = new Set(
  'name segment height width y x visit uvc start bounce exit type view domain dur _id _idv utm_source utm_medium utm_campaign utm_term utm_content referrer'.split(
    ' ',
  ),
);

/** Views: a start that counts a visit, and an end that carries the duration under the same `_idv` (contract §4.4). */
export class Views {
  readonly #port: FeaturePort;

  constructor(port: FeaturePort) {
    this.#port = port;
  }

  /** Starts a view; the device's view before it ends with the time it was shown. */
  start(target: Target, name: unknown, segmentation?: unknown): ViewOnDisplay | undefined {
    const port = this.#port;
    if (typeof name !== 'string' || name === '') {
      port.reporter.warn(
        'trackView.name',
        `trackView: name must be a non-empty text, got ${typeof name}; the view is dropped.`,
      );
      port.refuse('invalid');
      return undefined;
    }
    if (!port.isAllowed(target, 'views')) {
      port.refuse('consent');
      return undefined;
    }
    const state = port.stateOf(target.deviceId);
    this.endCurrent(target, state);
    const view = { name: truncate(name, port.limits.maxKeyLength), idv: uniqueId(), startedAt: port.clock.monotonic() };
    const landing = state.viewSeen ? '' : ',"start":1';
    state.view = view;
    state.viewSeen = true;
    const own = segmentationText(
      withoutReserved(segmentation),
      port.limits,
      port.reporter,
      'trackView',
      `${this.#base(view)},"visit":1${landing}`,
    );
    this.#record(target, own ?? '', '');
    return view;
  }

  /** Ends a view with the measured or the given duration. */
  end(target: Target, view: ViewOnDisplay, durationSeconds?: number): void {
    const state = this.#port.peekState(target.deviceId);
    if (state?.view === view) state.view = undefined;
    if (!this.#port.isAllowed(target, 'views')) return;
    const measured = (this.#port.clock.monotonic() - view.startedAt) / 1000;
    this.#recordEnd(target, view, durationSeconds ?? measured);
  }

  endCurrent(target: Target, state: DeviceState): void {
    if (state.view !== undefined) this.end(target, state.view);
  }

  /** The device has gone away: what is known of the duration is the time until its last activity. */
  endForgotten(target: Target, state: DeviceState): void {
    const { view } = state;
    if (view === undefined) return;
    state.view = undefined;
    const seconds = (state.lastSeen - view.startedAt) / 1000;
    if (seconds > 0 && this.#port.isAllowed(target, 'views')) this.#recordEnd(target, view, seconds);
  }

  #recordEnd(target: Target, view: ViewOnDisplay, seconds: number): void {
    // The server takes whole seconds, and ten digits for a timestamp (contract §4.4).
    const dur = Math.min(Math.max(0, Math.round(seconds)), 86_400);
    this.#record(target, `{${this.#base(view)}}`, `,"dur":${dur}`);
  }

  #base(view: ViewOnDisplay): string {
    const platform = this.#port.metrics['_os'] ?? 'unknown';
    return `"name":${jsonString(view.name)},"segment":${jsonString(platform)},"_idv":"${view.idv}"`;
  }

  #record(target: Target, segmentation: string, dur: string): void {
    const timestamp = this.#port.stamp();
    const { hour, dow } = localTime(timestamp, this.#port.offsetOf(target, timestamp));
    const body = `{"key":"[CLY]_view","count":1${dur},"segmentation":${segmentation},"timestamp":${timestamp},"hour":${hour},"dow":${dow}}`;
    this.#port.record(target, 'event', 'views', timestamp, body);
  }
}

function withoutReserved(segmentation: unknown): unknown {
  if (typeof segmentation !== 'object' || segmentation === null || Array.isArray(segmentation)) return segmentation;
  try {
    return Object.fromEntries(Object.entries(segmentation).filter(([key]) => !RESERVED.has(key)));
  } catch {
    return undefined;
  }
}

function uniqueId(): string {
  return randomBytes(12).toString('base64url');
}
