import { isObject, SECONDS, shown, tellMisfit } from '../check.js';
import { truncate } from '../config/limits.js';
import { jsonString, storableText } from '../protocol/json-text.js';
import { EventTime } from '../protocol/timestamp.js';
import type { Cardinality } from './cardinality.js';
import type { DeviceState, OpenedView } from './device-state.js';
import { type EventLinks, newEventId } from './event-links.js';
import { Feature, type Target } from './feature.js';
import { segmentationText, withDefaults } from './segmentation-text.js';

/** Names Countly uses itself in a view's segmentation (docs/protocol.md §4.4). */
const RESERVED = new Set(
  `name segment height width y x visit uvc start bounce exit type view domain dur _id _idv
  utm_source utm_medium utm_campaign utm_term utm_content referrer`.split(/\s+/),
);
// The server cuts names there (docs/protocol.md §4.4).
const LONGEST_NAME = 128;
const VIEW_KEY = '[CLY]_view';
/** Values of a segment that a server keeps by default (docs/protocol.md §4.4). */
const MOST_VALUES = 10;
// Nobody looks at so many on purpose: what is started and never ended must not fill the memory.
const MOST_OPEN = 100;

type Segments = Readonly<Record<string, unknown>>;

interface ViewSettings {
  readonly links: EventLinks;
  readonly cardinality: Cardinality;
  /** Segments that every view carries. */
  readonly segments: Segments;
}

/** Views: a start that counts a visit, and an end that carries the duration under the same `_idv` (docs/protocol.md §4.4). */
export class Views extends Feature<ViewSettings> {
  readonly #time = new EventTime();
  #everywhere = this.settings.segments;

  /** Segments that every view carries from now on, in place of those so far or, with `added`, beside them. */
  useSegments(call: string, segments: unknown, added: boolean): void {
    if (!isObject(segments)) {
      return tellMisfit(this.port.reporter, `${call}.segmentation`, 'an object', segments, 'they stay as they are');
    }
    this.#everywhere = added ? { ...this.#everywhere, ...segments } : { ...segments };
  }

  /**
   * Starts a view. The view on display ends with the time it was shown; one that is `parallel` lies beside all others and
   * ends by its own.
   */
  start(target: Target, name: unknown, segmentation: unknown, parallel: boolean): OpenedView | undefined {
    const { port } = this;
    const given = typeof name === 'string' ? storableText(name) : '';
    if (given === '') {
      this.refuse('trackView.name', `name must be a non-empty text, got ${shown(name)}`, 'the view is dropped');
      return undefined;
    }
    if (!port.admits(target, 'views')) return undefined;
    const state = port.stateOf(target.deviceId);
    if (!parallel) this.endCurrent(target, state);
    const view: OpenedView = {
      name: truncate(given, Math.min(port.limits.maxKeyLength, LONGEST_NAME)),
      id: newEventId(),
      before: state.lastViewId,
      parallel,
      shownMs: 0,
      resumedAt: port.clock.monotonic(),
      segments: undefined,
      ended: false,
    };
    const landing = state.viewSeen ? '' : ',"start":1';
    state.views ??= [];
    const [oldest] = state.views;
    if (state.views.length >= MOST_OPEN && oldest !== undefined) this.end(target, oldest);
    state.views.push(view);
    state.lastViewId = view.id;
    state.viewSeen = true;
    const own = isObject(segmentation) ? withDefaults(segmentation, this.#everywhere) : this.#everywhere;
    if (!isObject(segmentation) && segmentation !== undefined) this.#segments(target, view, segmentation, '');
    this.#record(target, port.stamp(), view, this.#segments(target, view, own, `,"visit":1${landing}`), '');
    return view;
  }

  /** Stops the time of a view, which stays on display; what the person does meanwhile is not its own. */
  pause(view: OpenedView): void {
    if (view.ended || view.resumedAt === undefined) return;
    view.shownMs = this.#shownMs(view, this.port.clock.monotonic());
    view.resumedAt = undefined;
  }

  resume(view: OpenedView): void {
    if (!view.ended) view.resumedAt ??= this.port.clock.monotonic();
  }

  /** Segments that are told when the view ends. */
  addSegments(view: OpenedView, segments: unknown): void {
    if (isObject(segments)) view.segments = withDefaults(segments, view.segments ?? {});
    else tellMisfit(this.port.reporter, 'view.addSegmentation.segmentation', 'an object', segments);
  }

  /** Ends a view with the measured or the given duration; one that has ended stays as it is. */
  end(target: Target, view: OpenedView, durationSeconds?: unknown): void {
    if (view.ended) return;
    const state = this.port.peekState(target.deviceId);
    view.ended = true;
    if (state !== undefined) state.views = without(state.views, view);
    if (!this.port.isAllowed(target, 'views')) return;
    const measured = this.#shownMs(view, this.port.clock.monotonic()) / 1000;
    const outcome = 'the measured time is reported';
    const given = this.argument('trackView.durationSeconds', durationSeconds, SECONDS, outcome);
    this.#recordEnd(target, this.port.stamp(), view, given ?? measured);
  }

  /** Ends the view on display; those beside it stay. */
  endCurrent(target: Target, { views }: DeviceState): void {
    const current = views?.find(({ parallel }) => !parallel);
    if (current !== undefined) this.end(target, current);
  }

  endAll(target: Target, { views }: DeviceState): void {
    for (const view of views ?? []) this.end(target, view);
  }

  /** The device has gone away: what is known of the durations is the time until its last activity, at `timestamp`. */
  endForgotten(target: Target, state: DeviceState, timestamp: number): void {
    for (const view of forgetViews(state)) {
      const ms = this.#shownMs(view, state.lastSeen);
      if (ms > 0 && this.port.isAllowed(target, 'views')) this.#recordEnd(target, timestamp, view, ms / 1000);
    }
  }

  #shownMs({ shownMs, resumedAt }: OpenedView, now: number): number {
    return resumedAt === undefined ? shownMs : shownMs + now - resumedAt;
  }

  #recordEnd(target: Target, timestamp: number, view: OpenedView, seconds: number): void {
    // The server takes whole seconds, and ten digits for a timestamp (docs/protocol.md §4.4).
    const dur = Math.min(Math.max(0, Math.round(seconds)), 86_400);
    this.#record(target, timestamp, view, this.#segments(target, view, view.segments, ''), `,"dur":${dur}`);
  }

  #segments(target: Target, { name, id }: OpenedView, segments: unknown, visit: string): string {
    const { limits, reporter, filters, metrics } = this.port;
    const platform = target.metrics?.['_os'] ?? metrics['_os'] ?? 'unknown';
    const filter = filters.segments(VIEW_KEY);
    const leading = `"name":${jsonString(name)},"segment":${jsonString(platform)},"_idv":"${id}"${visit}`;
    const keep = (key: string) => !RESERVED.has(key) && (filter === undefined || filter(key));
    const seen = this.settings.cardinality.segmentsOf(VIEW_KEY, MOST_VALUES);
    return segmentationText(segments, { limits, reporter, call: 'trackView', leading, keep, seen }) ?? '';
  }

  #record(target: Target, timestamp: number, { id, before }: OpenedView, segmentation: string, dur: string): void {
    const time = this.#time.text(timestamp, this.port.offsetOf(target, timestamp));
    const links = this.settings.links.ofView(id, before);
    const body = `{"key":"${VIEW_KEY}"${links},"count":1${dur},"segmentation":${segmentation}${time}`;
    this.port.record(target, { kind: 'event', feature: 'views', timestamp, body });
  }
}

/** Takes all views off display, without a word to the server. */
export function forgetViews(state: DeviceState): readonly OpenedView[] {
  const views = state.views ?? [];
  for (const view of views) view.ended = true;
  state.views = undefined;
  return views;
}

function without(views: readonly OpenedView[] | undefined, view: OpenedView): OpenedView[] | undefined {
  const left = views?.filter((one) => one !== view) ?? [];
  return left.length === 0 ? undefined : left;
}
