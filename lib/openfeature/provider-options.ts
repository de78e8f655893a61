import {
  assertOptions,
  either,
  flag,
  instanceOf,
  type Members,
  milliseconds,
  plainText,
  seconds,
} from '../config/schema.js';
import type { Countly } from '../scope/countly.js';

/** Options of `CountlyProvider`. */
export interface CountlyProviderOptions {
  /** Whose remote config the flags are. @default the unnamed client there is when a flag is evaluated */
  readonly client?: Countly | undefined;
  /** Milliseconds an evaluation waits for the server at most; what was known before holds then. @default 1000 */
  readonly timeout?: number | undefined;
  /** Seconds an answer for a person holds. @default the client's `remoteConfigMaxAge` (five minutes) */
  readonly maxAge?: number | undefined;
  /**
   * Ask for the variants of A/B tests as well, enrol who evaluates a flag of one, and name the variant. Needs a server with the
   * plugin for A/B tests.
   * @default false
   */
  readonly abTests?: boolean | undefined;
  /**
   * Record that somebody was shown a flag's value, once for each answer of the server, as an event of this key; `false` for none.
   * @default 'flag_exposure'
   */
  readonly exposures?: string | false | undefined;
}

/** The options with their defaults. */
export interface ProviderSettings {
  readonly client: Countly | undefined;
  readonly timeout: number;
  readonly maxAge: number | undefined;
  readonly abTests: boolean;
  readonly exposures: string | false;
}

const RULES: Members = {
  client: instanceOf('a Countly client', 'device', 'fetchRemoteConfig'),
  timeout: milliseconds(1),
  maxAge: seconds(0),
  abTests: flag,
  exposures: { ...either(flag, plainText), expected: 'the key of an event, or false', test: isKeyOrOff },
};

function isKeyOrOff(value: unknown): boolean {
  return value === false || plainText.test(value);
}

/** @throws CountlyConfigError with every problem of the options */
export function providerSettings(options: CountlyProviderOptions): ProviderSettings {
  assertOptions(options, RULES, 'CountlyProvider');
  const { client, timeout = 1000, maxAge, abTests = false, exposures = 'flag_exposure' } = options;
  return { client, timeout, maxAge, abTests, exposures };
}
