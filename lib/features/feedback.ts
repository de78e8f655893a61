import { argumentOf, FLAG, isObject, member, namesOf, numberFrom, shown, TEXT } from '../check.js';
import type { Events } from './events.js';
import { type FeaturePort, type Query, refuseCall, type Target } from './feature.js';

/** A widget a server offers (docs/protocol.md §10.3). */
export interface FeedbackWidget {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  /** As the server sent it: appearance, targeting and the rest. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** What a fetch came back with. `reason` is for people. */
export type Fetched<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

/** Answers to rating, NPS and survey widgets (docs/protocol.md §4.4), and the list of widgets. */
export class Feedback {
  readonly #port: FeaturePort;
  readonly #events: Events;
  readonly #platform: string | undefined;

  /** @param platform told where an answer names none */
  constructor(port: FeaturePort, events: Events, platform: string | undefined) {
    this.#port = port;
    this.#events = events;
    this.#platform = platform;
  }

  /** A rating of 1 to 5. Consent to `star-rating` or to `feedback` is enough. */
  rating(target: Target, input: unknown): void {
    const rating = numberFrom(member(input, 'rating'));
    if (rating === undefined || rating < 1 || rating > 5) {
      return refuseCall(
        this.#port,
        'reportFeedback',
        `rating must be a number from 1 to 5, got ${shown(member(input, 'rating'))}`,
      );
    }
    const feature = this.#port.isAllowed(target, 'star-rating') ? 'star-rating' : 'feedback';
    this.#events.addAs(target, '[CLY]_star_rating', feature, {
      segmentation: {
        ...this.#widget('reportFeedback', input),
        rating: Math.round(rating),
        email: this.#text('reportFeedback', input, 'email'),
        comment: this.#text('reportFeedback', input, 'comment'),
        contactMe: argumentOf(this.#port.reporter, 'reportFeedback.contactMe', member(input, 'contactMe'), FLAG),
      },
    });
  }

  /** A recommendation of 0 to 10, or the news that the person closed the widget. */
  nps(target: Target, input: unknown): void {
    const widget = this.#needed('reportNps', input);
    if (widget === undefined) return;
    const rating = numberFrom(member(input, 'rating'));
    const closed = member(input, 'closed') === true;
    if (!closed && (rating === undefined || rating < 0 || rating > 10)) {
      return refuseCall(
        this.#port,
        'reportNps',
        `rating must be a number from 0 to 10, got ${shown(member(input, 'rating'))}`,
      );
    }
    const answer = closed ? { closed: 1 } : { rating, comment: this.#text('reportNps', input, 'comment') };
    this.#events.addAs(target, '[CLY]_nps', 'feedback', { segmentation: { ...widget, ...answer } });
  }

  /** Answers by the ids of their questions, or the news that the person closed the widget. */
  survey(target: Target, input: unknown): void {
    const widget = this.#needed('reportSurvey', input);
    if (widget === undefined) return;
    const answers = member(input, 'answers');
    const closed = member(input, 'closed') === true;
    const given = namesOf(answers).map((id) => [id.startsWith('answ-') ? id : `answ-${id}`, member(answers, id)]);
    if (!closed && given.length === 0)
      return refuseCall(this.#port, 'reportSurvey', 'answers must be an object by question id');
    const answer = closed ? { closed: 1 } : (Object.fromEntries(given) as Record<string, unknown>);
    this.#events.addAs(target, '[CLY]_survey', 'feedback', { segmentation: { ...widget, ...answer } });
  }

  /** The widgets offered to this device. */
  async widgets(target: Target): Promise<Fetched<readonly FeedbackWidget[]>> {
    if (!this.#port.isAllowed(target, 'feedback')) return { ok: false, reason: 'no consent to feedback' };
    const query: Query = { path: '/o/sdk', fields: { method: 'feedback' }, awaited: true };
    const answer = await this.#port.query(target, query);
    if (!answer.ok) return { ok: false, reason: answer.message };
    const list = member(answer.value, 'result');
    if (!Array.isArray(list)) return { ok: false, reason: 'the answer is no list of widgets' };
    const widgets = list.filter(isObject).map((details) => ({
      id: String(details['_id'] ?? ''),
      type: String(details['type'] ?? ''),
      name: String(details['name'] ?? ''),
      details,
    }));
    return { ok: true, value: widgets };
  }

  #needed(call: string, input: unknown): Record<string, unknown> | undefined {
    const widget = this.#widget(call, input);
    if (widget['widget_id'] !== undefined) return widget;
    refuseCall(this.#port, call, 'widgetId is missing');
    return undefined;
  }

  #widget(call: string, input: unknown): Record<string, unknown> {
    return {
      widget_id: this.#text(call, input, 'widgetId'),
      platform: this.#text(call, input, 'platform') ?? this.#platform,
      app_version: this.#text(call, input, 'appVersion') ?? this.#port.metrics['_app_version'],
    };
  }

  #text(call: string, input: unknown, argument: string): string | undefined {
    const value = member(input, argument);
    const given = value === null || value === '' ? undefined : value;
    return argumentOf(this.#port.reporter, `${call}.${argument}`, given, { ...TEXT, expected: 'a text' });
  }
}
