import { described } from '../check.js';
import { either, type Members, plainText } from '../config/schema.js';
import { CountlyDecoratorError } from '../errors.js';
import { COMMON_RULES, type CommonOptions, checkCallback, checkOptions, type FromCall, fromCall } from './options.js';
import { visitorDecorator } from './recorder.js';
import type { MethodWeaver } from './weave/method-decorator.js';

/** Options of `@Conversion`. */
export interface ConversionOptions<
  This = unknown,
  Args extends readonly unknown[] = readonly unknown[],
  Result = unknown,
> extends CommonOptions<This, Args, Result> {
  /** The campaign's own id of the person, when its link told one. */
  readonly campaignUserId?: string | FromCall<This, Args, Result, string | undefined>;
}

const CONVERSION_RULES: Members = { ...COMMON_RULES, campaignUserId: either(plainText, fromCall) };

/**
 * Reports the campaign that brought the person when the method ends well.
 *
 * @param campaignId - the campaign, or a function of the call that gives it; `undefined` when there was none
 * @param options - see {@link ConversionOptions}
 * @throws CountlyDecoratorError at decoration: on anything but a method, or for a wrong option
 *
 * @example
 * ```ts
 * import { Conversion } from 'countly-weave';
 *
 * class Accounts {
 *   @Conversion((call) => call.args[0].campaign)
 *   async register(form: { name: string; campaign?: string }): Promise<void> {}
 * }
 * ```
 */
export function Conversion<This = unknown, Args extends readonly unknown[] = never, Result = unknown>(
  campaignId: string | FromCall<This, Args, Result, string | null | undefined>,
  options: ConversionOptions<This, Args, Result> = {},
): MethodWeaver<This, Args, Result> {
  const decorator = '@Conversion';
  if (typeof campaignId !== 'string') checkCallback(decorator, 'the campaign, or its id', campaignId, options);
  else if (campaignId === '') {
    const got = described(campaignId);
    throw new CountlyDecoratorError(`${decorator}: expected the campaign to be a non-empty text, got ${got}.`);
  }
  const checked = checkOptions(decorator, options, CONVERSION_RULES);
  const { campaignUserId } = checked;
  const isAsked = typeof campaignId === 'function';
  const key = isAsked ? undefined : campaignId;
  const spec = { decorator, kind: 'attribution', key, options: checked, on: 'success', readsArgs: isAsked } as const;
  return visitorDecorator(spec, (visitor, call, recorder, scope) => {
    const given = isAsked ? recorder.ask('campaignId', campaignId, scope, call) : campaignId;
    if (given === undefined || given === null) return;
    const asked = recorder.ask('campaignUserId', campaignUserId, scope, call);
    visitor.reportConversion(given as string, (typeof campaignUserId === 'string' ? campaignUserId : asked) as string);
  });
}
