import { FLAG, isObject, member, namesOf, numberFrom, shown, TEXT, textFrom } from '../check.js';
import type { Events } from './events.js';
import { Feature, type Fetched, type Target } from './feature.js';

/** A widget a server offers (docs/protocol.md §10.3). */
export interface FeedbackWidget {
  /** What an answer names as `widgetId`. */
  readonly id: string;
  /** `rating`, `nps` or `survey`. */
  readonly type: string;
  /** As the operator called it. */
  readonly name: string;
  /** As the server sent it: appearance, targeting and the rest. */
  readonly details: Readonly<Record<string, unknown>>;
}

interface FeedbackSettings {
  readonly events: Events;
  /** Told where an answer names none. */
  readonly platform: string | undefined;
}

type Segments = Readonly<Record<string, unknown>>;
const CLOSED: Segments = { closed: 1 };

/** Answers to rating, NPS and survey widgets (docs/protocol.md §4.4), and the list of widgets. */
export class Feedback extends Feature<FeedbackSettings> {
  /** A rating of 1 to 5. Consent to `star-rating` or to `feedback` is enough. */
  rating(target: Target, input: unknown): void {
    const rating = this.#rating('reportFeedback', input, 1, 5);
    if (rating === undefined) return;
    const feature = this.port.isAllowed(target, 'star-rating') ? 'star-rating' : 'feedback';
    const widget = this.#widget('reportFeedback', input);
    if (widget['widget_id'] === undefined) {
      this.warn(
        'reportFeedback.widget',
        'without widgetId a server files the rating under a widget called "undefined"',
      );
    }
    this.settings.events.addAs(target, '[CLY]_star_rating', feature, {
      segmentation: {
        ...widget,
        rating: Math.round(rating),
        email: this.#text('reportFeedback', input, 'email'),
        comment: this.#text('reportFeedback', input, 'comment'),
        contactMe: this.argument('reportFeedback.contactMe', member(input, 'contactMe'), FLAG),
      },
    });
  }

  /** A recommendation of 0 to 10, or the news that the person closed the widget. */
  nps(target: Target, input: unknown): void {
    const widget = this.#needed('reportNps', input);
    if (widget === undefined) return;
    if (member(input, 'closed') === true) return this.#answer(target, '[CLY]_nps', widget, CLOSED);
    const rating = this.#rating('reportNps', input, 0, 10);
    if (rating === undefined) return;
    this.#answer(target, '[CLY]_nps', widget, { rating, comment: this.#text('reportNps', input, 'comment') });
  }

  /** Answers by the ids of their questions, or the news that the person closed the widget. */
  survey(target: Target, input: unknown): void {
    const widget = this.#needed('reportSurvey', input);
    if (widget === undefined) return;
    if (member(input, 'closed') === true) return this.#answer(target, '[CLY]_survey', widget, CLOSED);
    const answers = member(input, 'answers');
    const given = namesOf(answers).map((id) => [id.startsWith('answ-') ? id : `answ-${id}`, member(answers, id)]);
    if (given.length === 0) return this.refuse('reportSurvey', 'answers must be an object by question id');
    this.#answer(target, '[CLY]_survey', widget, Object.fromEntries(given));
  }

  /** The widgets offered to this device. */
  async widgets(target: Target): Promise<Fetched<readonly FeedbackWidget[]>> {
    const answer = await this.ask(target, 'feedback', { path: '/o/sdk', fields: { method: 'feedback' } });
    if (!answer.ok) return answer;
    const list = member(answer.value, 'result');
    if (!Array.isArray(list)) return { ok: false, reason: 'the answer is no list of widgets' };
    const widgets = list.filter(isObject).map((details) => ({
      id: textFrom(details['_id']) ?? '',
      type: textFrom(details['type']) ?? '',
      name: textFrom(details['name']) ?? '',
      details,
    }));
    return { ok: true, value: widgets };
  }

  #answer(target: Target, key: string, widget: Segments, answer: Segments): void {
    this.settings.events.addAs(target, key, 'feedback', { segmentation: { ...widget, ...answer } });
  }

  #rating(call: string, input: unknown, least: number, most: number): number | undefined {
    const given = member(input, 'rating');
    const rating = numberFrom(given);
    if (rating !== undefined && rating >= least && rating <= most) return rating;
    this.refuse(call, `rating must be a number from ${least} to ${most}, got ${shown(given)}`);
    return undefined;
  }

  #needed(call: string, input: unknown): Segments | undefined {
    const widget = this.#widget(call, input);
    if (widget['widget_id'] !== undefined) return widget;
    this.refuse(call, 'widgetId is missing');
    return undefined;
  }

  #widget(call: string, input: unknown): Segments {
    return {
      widget_id: this.#text(call, input, 'widgetId'),
      platform: this.#text(call, input, 'platform') ?? this.settings.platform,
      app_version: this.#text(call, input, 'appVersion') ?? this.port.metrics['_app_version'],
    };
  }

  #text(call: string, input: unknown, argument: string): string | undefined {
    const value = member(input, argument);
    const given = value === null || value === '' ? undefined : value;
    return this.argument(`${call}.${argument}`, given, { ...TEXT, expected: 'a text' });
  }
}
