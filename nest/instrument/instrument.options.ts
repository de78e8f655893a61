import type { ConfigProblem, InstrumentOptions } from '../../lib/index.js';
import { optionRules as is } from '../../lib/internal.js';

type Class = abstract new (...args: never[]) => unknown;

/** What a rule means: names of classes, with `*` for any characters; a class; or a module, for all classes it declares. */
export type ClassSelector = string | Class;

/** Which methods of which classes are woven without a decorator on them, and how. */
export interface InstrumentRule extends Pick<InstrumentOptions, 'trace' | 'errors' | 'events'> {
  /** Controllers and providers to take. */
  readonly include: readonly ClassSelector[];
  /** Of these, the ones to leave out. */
  readonly exclude?: readonly ClassSelector[] | undefined;
  /**
   * `public`: all but those whose names begin with `_`; `all`: those as well; or names, with `*` for any characters. Never what
   * Nest calls (`onModuleInit`, `canActivate` …), accessors, fields and `#private`. TypeScript's `private` is none at run
   * time: leave such methods out by name, or with `@NoInstrument()`.
   * @default 'public'
   */
  readonly methods?: 'public' | 'all' | readonly string[] | undefined;
  /** Also methods of parent classes, under the name of the class that inherits them. @default false */
  readonly inherited?: boolean | undefined;
}

const selector: is.Rule = {
  expected: 'names of classes such as "*Service", classes, or modules',
  test: (value) => typeof value === 'function' || (typeof value === 'string' && value !== ''),
};
const selectors: is.Rule = {
  expected: `a list of ${selector.expected}`,
  test: (value) => Array.isArray(value) && value.length > 0 && value.every(selector.test),
};
const switchOrOptions = is.either(is.flag, { ...is.object, expected: 'an object of options' });

const RULES: is.Members = {
  include: is.required(selectors),
  exclude: selectors,
  methods: is.either(is.oneOf('public', 'all'), is.listOf('a list of method names', is.plainText)),
  trace: switchOrOptions,
  errors: switchOrOptions,
  events: switchOrOptions,
  inherited: is.flag,
};

/** @internal */
export const INSTRUMENT_RULE: is.Rule = {
  expected: 'a list of rules such as { include: ["*Service"], trace: true }',
  test: (value) => Array.isArray(value) && value.every((one) => typeof one === 'object' && one !== null),
};

/** @internal what is wrong within the rules. */
export function instrumentProblems({ instrument }: { readonly instrument?: unknown }): ConfigProblem[] {
  if (!INSTRUMENT_RULE.test(instrument)) return [];
  return (instrument as object[]).flatMap((rule, index) => is.problemsIn(rule, RULES, `instrument[${index}].`));
}
