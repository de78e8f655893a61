import { type ConfigProblem, CountlyConfigError, type Segmentation } from '../../lib/index.js';
import type { ErrorReportOptions } from '../errors/error-policy.js';
import type { TrafficOptions } from '../traffic/traffic.options.js';

/**
 * Defaults of one feature module. The first three are for the decorated methods of the controllers and providers of the
 * module that imports them, whoever calls them; the other two for the requests its controllers answer.
 *
 * Request-scoped and transient providers keep what their decorators say: they have no instance to give defaults to.
 */
export interface CountlyFeatureOptions {
  /** Name of the client that methods record through whose decorators name none. @default the client of the request */
  readonly client?: string | undefined;
  /** What the keys of events begin with: `orders.` makes `orders.placed` of `placed`. @default nothing */
  readonly keyPrefix?: string | undefined;
  /** Segments of every event and view; those of the decorator go before them. @default none */
  readonly segmentation?: Segmentation | undefined;
  /**
   * Which errors are reported of what these controllers answer, in place of `errors` of `forRoot`, which has to be on.
   * What a guard throws is judged by `forRoot`: the controller is not known by then.
   */
  readonly errors?: boolean | ErrorReportOptions | undefined;
  /** Whether these controllers' pages become views, in place of `views` of `forRoot`. */
  readonly views?: boolean | TrafficOptions | undefined;
}

type Check = readonly [option: keyof CountlyFeatureOptions, expected: string, holds: (value: unknown) => boolean];

const isText = (value: unknown) => typeof value === 'string' && value !== '';
const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isPolicy = (value: unknown) => typeof value === 'boolean' || isObject(value);

const CHECKS: readonly Check[] = [
  ['client', 'the name of a client', isText],
  ['keyPrefix', 'a text', isText],
  ['segmentation', 'an object', isObject],
  ['errors', 'true, false or an object', isPolicy],
  ['views', 'true, false or an object', isPolicy],
];

/**
 * @internal
 * @throws CountlyConfigError with every problem at once
 */
export function checkFeature(options: unknown): void {
  if (!isObject(options)) {
    throw new CountlyConfigError([
      { option: 'forFeature', expected: 'an object', actual: `a value of type ${typeof options}` },
    ]);
  }
  const given = options as Record<string, unknown>;
  const known = new Set<string>(CHECKS.map(([option]) => option));
  const problems: ConfigProblem[] = Object.keys(given)
    .filter((key) => !known.has(key))
    .map((key) => ({ option: `forFeature.${key}`, expected: `one of ${[...known].join(', ')}`, actual: key }));
  for (const [option, expected, holds] of CHECKS) {
    const value = given[option];
    if (value === undefined || holds(value)) continue;
    const actual = `${JSON.stringify(value) ?? 'a value'} (${typeof value})`.slice(0, 200);
    problems.push({ option: `forFeature.${option}`, expected, actual });
  }
  if (problems.length > 0) throw new CountlyConfigError(problems);
}
