import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as Module from 'class-transformer';
import { type ClassMapper, useClassMapper } from '../config/dialect.js';
import { CountlyDecoratorError } from '../errors.js';

/** The part of class-transformer that is used. */
export type ClassTransformer = Pick<typeof Module, 'instanceToPlain' | 'plainToClassFromExist' | 'plainToInstance'>;

let copy:
  | { readonly api: ClassTransformer | undefined; readonly isFirst: boolean; readonly isGiven: boolean }
  | undefined;

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
  copy = { api: module, isFirst: false, isGiven: true };
}

/** The copy in use, loaded with the first class that is mapped; undefined when none is installed. */
export function classTransformer(): ClassTransformer | undefined {
  if (copy === undefined) {
    const before = loadedCopies().length;
    const api = load();
    copy = { api, isFirst: before === 0 && loadedCopies().length > 0, isGiven: false };
  }
  return copy.api;
}

const doubts = new WeakMap<object, boolean>();

/** Whether a class's rules may stand in another copy: one is loaded, or nobody but us had loaded the one in use. */
export function mayHideRules(type: object): boolean {
  const api = classTransformer();
  if (copy?.isGiven === true) return false;
  const doubt =
    doubts.get(type) ??
    (api === undefined || copy?.isFirst === true || loadedCopies().some((exports) => exports !== api));
  doubts.set(type, doubt);
  return doubt;
}

function load(): ClassTransformer | undefined {
  // A plain `require` of the package's name: bundlers resolve it as they resolve the application's import.
  const attempts = [() => require('class-transformer'), () => requireOfApplication()('class-transformer')];
  for (const attempt of attempts) {
    try {
      return attempt() as ClassTransformer;
    } catch {
      // Bundled as an ES module, or not installed there.
    }
  }
  return undefined;
}

/** All copies that Node has loaded; what a bundler took in is not among them. */
function loadedCopies(): readonly unknown[] {
  try {
    return Object.values(requireOfApplication().cache)
      .filter((module) => /[\\/]class-transformer[\\/]cjs[\\/]index\.js$/.test(module?.filename ?? ''))
      .map((module) => module?.exports as unknown);
  } catch {
    return [];
  }
}

function requireOfApplication(): NodeJS.Require {
  return createRequire(join(process.cwd(), 'package.json'));
}

/** Remote config values through class-transformer, so that `@Expose`, `@Type` and `@Transform` on the class apply. */
export const mapRemoteConfig: ClassMapper = (type, values) =>
  classTransformer()?.plainToInstance(type, values, { exposeDefaultValues: true }) ?? Object.assign(new type(), values);

useClassMapper(mapRemoteConfig);
