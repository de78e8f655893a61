import type { ConfigProblem } from '../../lib/index.js';
import { isHostList } from '../outgoing/outgoing.options.js';

/** Settings of the carrier that takes an identity to queues and other services. */
export interface CarrierOptions {
  /**
   * Signs carriers; at least 32 characters, the same in every process that shall understand them. Of a list the first
   * signs and all are accepted, so that a secret can be replaced without losing the jobs that wait.
   */
  readonly secret: string | readonly string[];
  /** Seconds a carrier is accepted after it was made; as long as your jobs may wait. @default 604800 (a week) */
  readonly maxAge?: number | undefined;
  /**
   * Hosts whose requests get the header `x-countly-carrier` by themselves, with `fetch` and undici, and with
   * `node:http` from Node 22.12 on: `orders.internal`,
   * `orders.internal:8080`, or `*.internal` for every host below. No other host ever gets it.
   * @default none; `carrierHeaders()` puts it on by hand
   */
  readonly hosts?: readonly string[] | undefined;
}

/** The option as it is worked with. */
export interface CarrierSettings {
  readonly secrets: readonly [string, ...string[]];
  readonly maxAge: number;
  readonly hosts: readonly string[];
}

const SHORTEST_SECRET = 32;

/** @internal What is wrong with the option `carrier`. A secret is never repeated. */
export function carrierProblems(value: unknown): ConfigProblem[] {
  if (value === undefined) return [];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [problem('carrier', 'an object with a secret', `a value of type ${typeof value}`)];
  }
  const { secret, maxAge, hosts } = value as Partial<Record<keyof CarrierOptions, unknown>>;
  const secrets: unknown[] = [secret].flat();
  const weak = secrets.findIndex((one) => typeof one !== 'string' || one.length < SHORTEST_SECRET);
  const problems: ConfigProblem[] = [];
  if (secrets.length === 0 || weak !== -1) {
    const expected = `a text of at least ${SHORTEST_SECRET} characters, or a list of such texts`;
    problems.push(problem('carrier.secret', expected, describeSecret(secrets[weak], secrets.length)));
  }
  if (maxAge !== undefined && !(typeof maxAge === 'number' && maxAge > 0)) {
    problems.push(problem('carrier.maxAge', 'seconds, more than 0', `${JSON.stringify(maxAge)} (${typeof maxAge})`));
  }
  if (hosts !== undefined && !isHostList(hosts)) {
    problems.push(
      problem('carrier.hosts', 'a list of host names such as "orders.internal" or "*.internal"', shown(hosts)),
    );
  }
  return problems;
}

/** @internal for options without problems */
export function carrierSettings(options: CarrierOptions | undefined): CarrierSettings | undefined {
  if (options === undefined || carrierProblems(options).length > 0) return undefined;
  const secrets = [options.secret].flat() as unknown as readonly [string, ...string[]];
  return { secrets, maxAge: options.maxAge ?? 604_800, hosts: options.hosts ?? [] };
}

function describeSecret(secret: unknown, count: number): string {
  if (count === 0) return 'an empty list';
  return typeof secret === 'string' ? `a text of ${secret.length} characters` : `a value of type ${typeof secret}`;
}

function shown(value: unknown): string {
  return `${JSON.stringify(value) ?? 'a value'} (${typeof value})`.slice(0, 200);
}

function problem(option: string, expected: string, actual: string): ConfigProblem {
  return { option, expected, actual };
}
