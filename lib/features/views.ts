import { randomBytes } from 'node:crypto';
import { SECONDS } from '../check.js';
import { truncate } from '../config/limits.js';
import { jsonString, storableText } from '../protocol/json-text.js';
import { EventTime } from '../protocol/timestamp.js';
import type { DeviceState, ViewOnDisplay } from './device-state.js';
import { Feature, type Target } from './feature.js';
import { segmentationText } from './segmentation-text.js';

/** Names Countly uses itself in a view's segmentation (docs/protocol.md §4.4). */
const RESERVED = new Set(
  `name segment height width y x visit uvc start bounce exit type view domain dur _id _idv
  utm_source utm_medium utm_campaign utm_term utm_content referrer`.split(/\s+/),
);
// The server cuts names there (docs/protocol.md §4.4).
const LONGEST_NAME = 128;
const VIEW_KEY = '[CLY]_view';

/** Views: a start that counts a visit, and an end that carries the duration under the same `_idv` (docs/protocol.md §4.4). */
export class Views extends Feature {
  readonly #time = new EventTime();

  /** Starts a view; the device's view before it ends with the time it was shown. */
  start(target: Target, name: unknown, segmentation?: unknown): ViewOnDisplay | undefined {
    const { port } = this;
    const given = typeof name === 'string' ? storableText(name) : '';
    if (given === '') {
      this.refuse('trackView.name', `name must be a non-empty text, got ${typeof name}`, 'the view is dropped');
      return undefined;
    }
    if (!port.admits(target, 'views')) return undefined;
    const state = port.stateOf(target.deviceId);
    this.endCurrent(target, state);
    const view: ViewOnDisplay = {
      name: truncate(given, Math.min(port.limits.maxKeyLength, LONGEST_NAME)),
      // 16 characters that no other view has.
      idv: randomBytes(12).toString('base64url'),
      startedAt: port.clock.monotonic(),
      ended: false,
    };
    const landing = state.viewSeen ? '' : ',"start":1';
    state.view = view;
    state.viewSeen = true;
    const filter = port.filters.segments(VIEW_KEY);
    const own = segmentationText(segmentation, {
      limits: port.limits,
      reporter: port.reporter,
      call: 'trackView',
      leading: `${this.#base(target, view)},"visit":1${landing}`,
      keep: (key) => !RESERVED.has(key) && (filter === undefined || filter(key)),
    });
    this.#record(target, port.stamp(), own ?? '', '');
    return view;
  }

  /** Ends a view with the measured or the given duration; one that has ended stays as it is. */
  end(target: Target, view: ViewOnDisplay, durationSeconds?: unknown): void {
    if (view.ended) return;
    view.ended = true;
    const state = this.port.peekState(target.deviceId);
    if (state?.view === view) state.view = undefined;
    if (!this.port.isAllowed(target, 'views')) return;
    const measured = (this.port.clock.monotonic() - view.startedAt) / 1000;
    const outcome = 'the measured time is reported';
    const given = this.argument('trackView.durationSeconds', durationSeconds, SECONDS, outcome);
    this.#recordEnd(target, this.port.stamp(), view, given ?? measured);
  }

  endCurrent(target: Target, state: DeviceState): void {
    if (state.view !== undefined) this.end(target, state.view);
  }

  /** The device has gone away: what is known of the duration is the time until its last activity, at `timestamp`. */
  endForgotten(target: Target, state: DeviceState, timestamp: number): void {
    const { view } = state;
    if (view === undefined) return;
    state.view = undefined;
    view.ended = true;
    const seconds = (state.lastSeen - view.startedAt) / 1000;
    if (seconds > 0 && this.port.isAllowed(target, 'views')) this.#recordEnd(target, timestamp, view, seconds);
  }

  #recordEnd(target: Target, timestamp: number, view: ViewOnDisplay, seconds: number): void {
    // The server takes whole seconds, and ten digits for a timestamp (docs/protocol.md §4.4).
    const dur = Math.min(Math.max(0, Math.round(seconds)), 86_400);
    this.#record(target, timestamp, `{${this.#base(target, view)}}`, `,"dur":${dur}`);
  }

  #base(target: Target, view: ViewOnDisplay): string {
    const platform = target.metrics?.['_os'] ?? this.port.metrics['_os'] ?? 'unknown';
    return `"name":${jsonString(view.name)},"segment":${jsonString(platform)},"_idv":"${view.idv}"`;
  }

  #record(target: Target, timestamp: number, segmentation: string, dur: string): void {
    const time = this.#time.text(timestamp, this.port.offsetOf(target, timestamp));
    const body = `{"key":"${VIEW_KEY}","count":1${dur},"segmentation":${segmentation}${time}`;
    this.port.record(target, { kind: 'event', feature: 'views', timestamp, body });
  }
}
