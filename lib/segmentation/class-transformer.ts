import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as Module from 'class-transformer';
import { type ClassMapper, useClassMapper } from '../config/dialect.js';
import { CountlyDecoratorError } from '../errors.js';

/** The part of class-transformer that is used. */
export type ClassTransformer = Pick<typeof Module, 'instanceToPlain' | 'plainToClassFromExist' | 'plainToInstance'>;

let copy: { readonly api: ClassTransformer | undefined; readonly origin: 'given' | 'first' | 'found' } | undefined;

/**
 * Hands over the class-transformer that the application's decorators come from. Only needed where the library would find
 * another copy: the application is bundled and this library is not, or `node_modules` holds two of them.
 *
 * @param module - what `import * as classTransformer from 'class-transformer'` gives
 * @throws {@link CountlyDecoratorError} when it is something else
 *
 * @example
 * ```ts
 * import * as classTransformer from 'class-transformer';
 * import { useClassTransformer } from 'countly-weave';
 *
 * useClassTransformer(classTransformer);
 * ```
 */
export function useClassTransformer(module: ClassTransformer): void {
  if (typeof (module as Partial<ClassTransformer> | undefined)?.instanceToPlain !== 'function') {
    throw new CountlyDecoratorError(
      "useClassTransformer: expected the module class-transformer. Pass what `import * as classTransformer from 'class-transformer'` gives.",
    );
  }
  copy = { api: module, origin: 'given' };
}

/** The copy in use, loaded with the first class that is mapped; undefined when none is installed. */
export function classTransformer(): ClassTransformer | undefined {
  if (copy === undefined) {
    const before = loadedCopies().length;
    // A plain `require` of the package's name: bundlers resolve it as they resolve the application's import.
    const plain: ClassTransformer | undefined = attempt(() => require('class-transformer'));
    const api = plain ?? attempt(() => requireOfApplication()('class-transformer'));
    copy = { api, origin: before === 0 && loadedCopies().length > 0 ? 'first' : 'found' };
  }
  return copy.api;
}

const doubts = new WeakMap<object, boolean>();

/** Whether a class's rules may stand in another copy: one is loaded, or nobody but us had loaded the one in use. */
export function mayHideRules(type: object): boolean {
  const api = classTransformer();
  if (copy?.origin === 'given') return false;
  const isOther = (exports: unknown): boolean => exports !== api;
  const doubt = doubts.get(type) ?? (api === undefined || copy?.origin === 'first' || loadedCopies().some(isOther));
  doubts.set(type, doubt);
  return doubt;
}

/** What the work gives, or undefined when it throws. */
export function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** All copies that Node has loaded; what a bundler took in is not among them. */
function loadedCopies(): readonly unknown[] {
  const modules = attempt(() => Object.values(requireOfApplication().cache)) ?? [];
  const isCopy = /[\\/]class-transformer[\\/]cjs[\\/]index\.js$/;
  return modules.filter((one) => isCopy.test(one?.filename ?? '')).map((one) => one?.exports as unknown);
}

function requireOfApplication(): NodeJS.Require {
  return createRequire(join(process.cwd(), 'package.json'));
}

/** Remote config values through class-transformer, so that `@Expose`, `@Type` and `@Transform` on the class apply. */
export const mapRemoteConfig: ClassMapper = (type, values) =>
  classTransformer()?.plainToInstance(type, values, { exposeDefaultValues: true }) ?? Object.assign(new type(), values);

useClassMapper(mapRemoteConfig);
