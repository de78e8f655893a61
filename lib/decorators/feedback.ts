import { type Members, oneOf } from '../config/schema.js';
import type { NpsFeedback, RatingFeedback, SurveyFeedback } from '../scope/scope-api.js';
import { COMMON_RULES, type CommonOptions, checkCallback, checkOptions, type FromCall } from './options.js';
import { visitorDecorator } from './recorder.js';
import type { MethodWeaver } from './weave/method-decorator.js';

/** What each kind of widget is answered with. */
export interface FeedbackAnswers {
  /** Of a rating widget. */
  readonly rating: RatingFeedback;
  /** Of an NPS widget. */
  readonly nps: NpsFeedback;
  /** Of a survey widget. */
  readonly survey: SurveyFeedback;
}

/** Options of `@Feedback`. */
export interface FeedbackOptions<
  This = unknown,
  Args extends readonly unknown[] = readonly unknown[],
  Result = unknown,
  Widget extends keyof FeedbackAnswers = keyof FeedbackAnswers,
> extends CommonOptions<This, Args, Result> {
  /** Kind of the widget that was answered. @default 'rating' */
  readonly widget?: Widget;
}

const FEEDBACK_RULES: Members = { ...COMMON_RULES, widget: oneOf('rating', 'nps', 'survey') };
const REPORTS = { rating: 'reportFeedback', nps: 'reportNps', survey: 'reportSurvey' } as const;

/**
 * Reports an answer to a feedback widget when the method ends well.
 *
 * @param answer - gives the answer; `undefined` when there is none
 * @param options - see {@link FeedbackOptions}
 * @throws CountlyDecoratorError at decoration: on anything but a method, or for a wrong option
 *
 * @example
 * ```ts
 * import { Feedback } from 'countly-weave';
 *
 * class Ratings {
 *   @Feedback((call) => ({ rating: call.args[0], comment: call.args[1] }))
 *   async rate(stars: number, comment: string): Promise<void> {}
 *
 *   @Feedback((call) => ({ widgetId: 'w-1', rating: call.args[0] }), { widget: 'nps' })
 *   async recommend(points: number): Promise<void> {}
 * }
 * ```
 */
export function Feedback<
  This = unknown,
  Args extends readonly unknown[] = never,
  Result = unknown,
  Widget extends keyof FeedbackAnswers = 'rating',
>(
  answer: FromCall<This, Args, Result, FeedbackAnswers[Widget] | null | undefined>,
  options: FeedbackOptions<This, Args, Result, Widget> = {},
): MethodWeaver<This, Args, Result> {
  const decorator = '@Feedback';
  checkCallback(decorator, 'the answer', answer, options);
  const checked = checkOptions(decorator, options, FEEDBACK_RULES);
  const report = REPORTS[checked.widget ?? 'rating'];
  const common = { decorator, key: undefined, on: 'success', readsArgs: true } as const;
  const spec = { ...common, kind: 'feedback', options: checked } as const;
  return visitorDecorator(spec, (visitor, call, recorder, scope) => {
    const given = recorder.ask('answer', answer, scope, call);
    if (given !== undefined && given !== null) (visitor[report] as (answer: unknown) => void)(given);
  });
}
