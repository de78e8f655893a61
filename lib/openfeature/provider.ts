import type {
  ErrorCode,
  EvaluationContext,
  JsonValue,
  Provider,
  ResolutionDetails,
  TrackingEventDetails,
} from '@openfeature/server-sdk';
import type { Segmentation } from '../protocol/entry.js';
import { Countly } from '../scope/countly.js';
import { contextScope, registeredClient } from '../scope/current.js';
import { DeviceScope } from '../scope/device-scope.js';
import { FlagSource, type Flags, variantOf } from './flag-source.js';
import { type CountlyProviderOptions, type ProviderSettings, providerSettings } from './provider-options.js';

type Fits = (value: unknown) => boolean;

const REASONS = { fresh: 'TARGETING_MATCH', cached: 'CACHED', stale: 'STALE' } as const;

/**
 * Feature flags by the OpenFeature standard, decided by Countly's remote config and A/B tests. A flag is a remote config value; it
 * is evaluated for the person whose id is the `targetingKey`, without one for whoever is being served. Other members of the
 * context are not sent: Countly decides by what it knows of the person.
 *
 * | reason                         | when                                                                   |
 * | ------------------------------ | ---------------------------------------------------------------------- |
 * | `TARGETING_MATCH`              | the server has just said it                                            |
 * | `SPLIT`, with the variant      | an A/B test decided it (`abTests: true`)                               |
 * | `CACHED`                       | the server said it lately                                              |
 * | `STALE`                        | the server said it once, and does not answer now                       |
 * | `DEFAULT`, `DISABLED`          | no consent to `remote-config`; the client is disabled                  |
 * | `ERROR`                        | unknown flag, other type, nobody answers, no client: the default holds |
 *
 * @throws CountlyConfigError for options that are none
 * @example
 * ```ts
 * import { OpenFeature } from '@openfeature/server-sdk';
 * import { Countly } from 'countly-weave';
 * import { CountlyProvider } from 'countly-weave/openfeature';
 *
 * async function example(): Promise<boolean> {
 *   const client = Countly.init({ url: 'http://127.0.0.1:6010', appKey: 'shop' });
 *   await OpenFeature.setProviderAndWait(new CountlyProvider({ client }));
 *   return OpenFeature.getClient().getBooleanValue('express_open', false, { targetingKey: 'visitor-17' });
 * }
 * ```
 */
export class CountlyProvider implements Provider {
  /** What OpenFeature calls it. */
  readonly metadata = { name: 'countly-weave' } as const;
  /** For servers. */
  readonly runsOn = 'server';
  readonly #settings: ProviderSettings;
  readonly #source: FlagSource;
  /** Flags somebody was shown, by the answer they came with. */
  readonly #exposed = new WeakMap<object, Set<string>>();

  constructor(options: CountlyProviderOptions = {}) {
    this.#settings = providerSettings(options);
    this.#source = new FlagSource(this.#settings);
  }

  /** Asked by OpenFeature for a flag that is true or false. */
  resolveBooleanEvaluation(
    flagKey: string,
    defaultValue: boolean,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<boolean>> {
    return this.#resolve(flagKey, defaultValue, context, (value) => typeof value === 'boolean');
  }

  /** Asked by OpenFeature for a flag that is a text. */
  resolveStringEvaluation(
    flagKey: string,
    defaultValue: string,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<string>> {
    return this.#resolve(flagKey, defaultValue, context, (value) => typeof value === 'string');
  }

  /** Asked by OpenFeature for a flag that is a number. */
  resolveNumberEvaluation(
    flagKey: string,
    defaultValue: number,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<number>> {
    return this.#resolve(flagKey, defaultValue, context, (value) => typeof value === 'number');
  }

  /** Asked by OpenFeature for a flag that is an object or a list. */
  resolveObjectEvaluation<T extends JsonValue>(
    flagKey: string,
    defaultValue: T,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<T>> {
    return this.#resolve(flagKey, defaultValue, context, (value) => typeof value === 'object' && value !== null);
  }

  /** An action of the person, as an event: `value` is its sum, the other details its segmentation. */
  track(name: string, context: EvaluationContext, { value, ...details }: TrackingEventDetails): void {
    const scope = this.#scopeOf(context);
    scope?.addEvent(name, {
      segmentation: details as Segmentation,
      ...(typeof value === 'number' ? { sum: value } : {}),
    });
  }

  async #resolve<T>(
    flagKey: string,
    defaultValue: T,
    context: EvaluationContext,
    fits: Fits,
  ): Promise<ResolutionDetails<T>> {
    const client = this.#client();
    const failed = (code: `${ErrorCode}`, errorMessage: string): ResolutionDetails<T> => ({
      value: defaultValue,
      reason: 'ERROR',
      errorCode: code as ErrorCode,
      errorMessage,
    });
    if (client === undefined) {
      const remedy = 'give CountlyProvider one, or call Countly.init before flags are evaluated';
      return failed('PROVIDER_NOT_READY', `There is no Countly client: ${remedy}.`);
    }
    if (!client.enabled) return { value: defaultValue, reason: 'DISABLED' };
    const scope = this.#scopeOf(context, client);
    if (scope === undefined) return failed('INVALID_CONTEXT', 'The targetingKey cannot be a device id.');
    const flags = await this.#source.of(scope);
    if ('refused' in flags) return { value: defaultValue, reason: 'DEFAULT' };
    if ('failed' in flags) return failed('GENERAL', `The server does not say: ${flags.failed}`);
    const { values, variants, state } = flags;
    if (!Object.hasOwn(values, flagKey)) return failed('FLAG_NOT_FOUND', `No remote config value: "${flagKey}".`);
    const value = values[flagKey];
    if (!fits(value))
      return failed('TYPE_MISMATCH', `"${flagKey}" is of type ${Array.isArray(value) ? 'array' : typeof value}.`);
    const variant = variantOf(variants, flagKey, value);
    this.#expose(scope, flags, { flag: flagKey, variant, value });
    const reason = variant !== undefined && state === 'fresh' ? 'SPLIT' : REASONS[state];
    return { value: value as T, reason, ...(variant === undefined ? {} : { variant }) };
  }

  /** Once for each answer: how often code looks at a flag is no news. */
  #expose(scope: DeviceScope, { values }: Flags, shown: Exposure): void {
    const { exposures } = this.#settings;
    if (exposures === false || !scope.isAllowed('events')) return;
    const known = this.#exposed.get(values) ?? new Set();
    if (known.has(shown.flag)) return;
    this.#exposed.set(values, known.add(shown.flag));
    const { flag, variant, value } = shown;
    const told = typeof value === 'object' ? {} : { value: value as string | number | boolean };
    scope.addEvent(exposures, { segmentation: { flag, ...(variant === undefined ? {} : { variant }), ...told } });
  }

  #client(): Countly | undefined {
    const { client = registeredClient() } = this.#settings;
    return client instanceof Countly ? client : undefined;
  }

  /** Whoever is being served keeps their scope, which knows what they agreed to. */
  #scopeOf({ targetingKey }: EvaluationContext, client = this.#client()): DeviceScope | undefined {
    if (client === undefined) return undefined;
    const current = contextScope();
    const served = current?.client === client && current instanceof DeviceScope ? current : client.processDevice;
    if (targetingKey === undefined || targetingKey === served.deviceId) return served;
    const scope = client.device(targetingKey);
    return scope.deviceId === '' ? undefined : scope;
  }
}

interface Exposure {
  readonly flag: string;
  readonly variant: string | undefined;
  readonly value: unknown;
}
