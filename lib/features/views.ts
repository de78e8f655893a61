import { isObject, SECONDS, shown, tellMisfit } from '../check.js';
import { truncate } from '../config/limits.js';
import { jsonString, storableText } from '../protocol/json-text.js';
import { eventTime } from '../protocol/timestamp.js';
import type { Cardinality } from './cardinality.js';
import { type EventLinks, newEventId } from './event-links.js';
import { Feature, type Moment, type Target } from './feature.js';
import { type SegmentRules, segmentationText, withDefaults } from './segmentation-text.js';
import type { OpenedView, Visitor } from './visitor.js';
import type { VisitorChange } from './visitor-state.js';

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

/** A view as its caller knows it; how it fares stands in the visitor's state. */
export type ViewHandle = Pick<OpenedView, 'name' | 'id'>;

interface ViewSettings {
  readonly links: EventLinks;
  readonly cardinality: Cardinality;
  /** Segments that every view carries. */
  readonly segments: Segments;
}

/** Views: a start that counts a visit, and an end that carries the duration under the same `_idv` (docs/protocol.md §4.4). */
export class Views extends Feature<ViewSettings> {
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
  start(target: Target, given: unknown, segmentation: unknown, parallel: boolean): ViewHandle | undefined {
    const { port } = this;
    const text = typeof given === 'string' ? storableText(given) : '';
    if (text === '') {
      this.refuse('trackView.name', `name must be a non-empty text, got ${shown(given)}`, 'the view is dropped');
      return undefined;
    }
    if (!port.admits(target, 'views')) return undefined;
    const name = truncate(text, Math.min(port.limits.maxKeyLength, LONGEST_NAME));
    const id = newEventId();
    const own = isObject(segmentation) ? withDefaults(segmentation, this.#everywhere) : this.#everywhere;
    if (!isObject(segmentation) && segmentation !== undefined) this.#segments(segmentation);
    const segments = this.#segments(own);
    const moment = this.moment();
    const change: VisitorChange = (visitor, whom) => {
      if (!parallel) this.#endCurrent(visitor, whom, moment);
      const opened = visitor.views ?? [];
      const [oldest] = opened;
      if (opened.length >= MOST_OPEN && oldest !== undefined) this.#end(visitor, whom, oldest, moment);
      const view: OpenedView = {
        name,
        id,
        before: visitor.lastViewId,
        parallel,
        shownMs: 0,
        resumedAt: moment.now,
        segments: undefined,
      };
      const visit = `,"visit":1${visitor.viewSeen ? '' : ',"start":1'}`;
      visitor.views ??= [];
      visitor.views.push(view);
      visitor.lastViewId = view.id;
      visitor.viewSeen = true;
      this.#record(whom, moment.timestamp, view, visit + segments, '');
    };
    port.visit(target, change, { needs: 'views' });
    return { name, id };
  }

  /** Stops the time of a view, which stays on display; what the person does meanwhile is not its own. */
  pause(target: Target, { id }: ViewHandle): void {
    const { now } = this.moment();
    this.port.revisit(target, ({ views }) => {
      const view = opened(views, id);
      if (view?.resumedAt === undefined) return;
      view.shownMs = shownMs(view, now);
      view.resumedAt = undefined;
    });
  }

  resume(target: Target, { id }: ViewHandle): void {
    const { now } = this.moment();
    this.port.revisit(target, ({ views }) => {
      const view = opened(views, id);
      if (view !== undefined) view.resumedAt ??= now;
    });
  }

  /** Segments that are told when the view ends. */
  addSegments(target: Target, { id }: ViewHandle, segments: unknown): void {
    if (!isObject(segments)) {
      return tellMisfit(this.port.reporter, 'view.addSegmentation.segmentation', 'an object', segments);
    }
    // As it will be sent: another process may be the one that ends the view.
    const plain = JSON.parse(segmentationText(segments, this.#rules()) ?? '{}') as Record<string, unknown>;
    this.port.revisit(target, ({ views }) => {
      const view = opened(views, id);
      if (view !== undefined) view.segments = withDefaults(plain, view.segments ?? {});
    });
  }

  /** Ends a view with the measured or the given duration; one that has ended stays as it is. */
  end(target: Target, { id }: ViewHandle, durationSeconds?: unknown): void {
    const moment = this.moment();
    this.port.revisit(target, (visitor, whom) => {
      const view = opened(visitor.views, id);
      if (view === undefined) return;
      const outcome = 'the measured time is reported';
      const given = this.argument('trackView.durationSeconds', durationSeconds, SECONDS, outcome);
      this.#end(visitor, whom, view, moment, given);
    });
  }

  /** Ends all views of a visitor, as part of a change. */
  endAll(visitor: Visitor, target: Target, moment: Moment): void {
    for (const view of visitor.views ?? []) this.#end(visitor, target, view, moment);
  }

  /** The device has gone away: what is known of the durations is the time until its last activity. */
  endForgotten(visitor: Visitor, target: Target, { now, timestamp }: Moment): void {
    const { views } = visitor;
    visitor.views = undefined;
    for (const view of views ?? []) {
      const ms = shownMs(view, now);
      if (ms > 0 && this.port.isAllowed(target, 'views')) this.#recordEnd(target, timestamp, view, ms / 1000, true);
    }
  }

  /** Ends the view on display; those beside it stay. */
  #endCurrent(visitor: Visitor, target: Target, moment: Moment): void {
    const current = visitor.views?.find(({ parallel }) => !parallel);
    if (current !== undefined) this.#end(visitor, target, current, moment);
  }

  #end(visitor: Visitor, target: Target, view: OpenedView, moment: Moment, seconds?: number): void {
    const left = visitor.views?.filter((one) => one !== view) ?? [];
    visitor.views = left.length === 0 ? undefined : left;
    if (!this.port.isAllowed(target, 'views')) return;
    this.#recordEnd(target, moment.timestamp, view, seconds ?? shownMs(view, moment.now) / 1000);
  }

  #recordEnd(target: Target, timestamp: number, view: OpenedView, seconds: number, quiet = false): void {
    // The server takes whole seconds, and ten digits for a timestamp (docs/protocol.md §4.4).
    const dur = Math.min(Math.max(0, Math.round(seconds)), 86_400);
    this.#record(target, timestamp, view, this.#segments(view.segments), `,"dur":${dur}`, quiet);
  }

  /** What follows the members of the view itself. */
  #segments(segments: unknown): string {
    const text = segmentationText(segments, this.#rules());
    return text === undefined ? '}' : `,${text.slice(1)}`;
  }

  #rules(): SegmentRules {
    const { limits, reporter, filters } = this.port;
    const filter = filters.segments(VIEW_KEY);
    const keep = (key: string) => !RESERVED.has(key) && (filter === undefined || filter(key));
    const seen = this.settings.cardinality.segmentsOf(VIEW_KEY, MOST_VALUES);
    return { limits, reporter, call: 'trackView', keep, seen };
  }

  #record(target: Target, timestamp: number, view: OpenedView, rest: string, dur: string, quiet = false): void {
    const { name, id, before } = view;
    const { port } = this;
    const platform = target.metrics?.['_os'] ?? port.metrics['_os'] ?? 'unknown';
    const segmentation = `{"name":${jsonString(name)},"segment":${jsonString(platform)},"_idv":"${id}"${rest}`;
    const time = eventTime(timestamp, port.offsetOf(target, timestamp));
    const links = this.settings.links.ofView(id, before);
    const body = `{"key":"${VIEW_KEY}"${links},"count":1${dur},"segmentation":${segmentation}${time}`;
    port.record(target, { kind: 'event', feature: 'views', timestamp, body, quiet });
  }
}

function opened(views: readonly OpenedView[] | undefined, id: string): OpenedView | undefined {
  return views?.find((view) => view.id === id);
}

function shownMs({ shownMs, resumedAt }: OpenedView, now: number): number {
  return resumedAt === undefined ? shownMs : shownMs + now - resumedAt;
}
