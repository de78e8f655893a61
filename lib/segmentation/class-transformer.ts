import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { types } from 'node:util';
import type * as Module from 'class-transformer';
import { attempted, member } from '../check.js';
import { type ClassMapper, classes } from '../config/dialect.js';
import { CountlyDecoratorError } from '../errors.js';

/** The part of class-transformer that is used. */
export type ClassTransformer = Pick<typeof Module, 'instanceToPlain' | 'plainToClassFromExist' | 'plainToInstance'>;

let copy: { readonly api: ClassTransformer | undefined; readonly origin: 'given' | 'first' | 'found' } | undefined;

/**
 * Hands over the class-transformer that the application's decorators come from. Only needed where the library would find
 * another copy: the application is bundled and this library is not, or `node_modules` holds two of them.
 *
 * @param module - what `import * as classTransformer from 'class-transformer'` gives
 * @throws CountlyDecoratorError when it is something else
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
    const plain: ClassTransformer | undefined = attempted(() => require('class-transformer'));
    const api = plain ?? attempted(() => requireOfApplication()('class-transformer'));
    copy = { api, origin: before === 0 && loadedCopies().length > 0 ? 'first' : 'found' };
  }
  return copy.api;
}

const doubts = new WeakMap<object, boolean>();

/**
 * Whether a class's rules may stand in another copy: one is loaded, nobody but us had loaded the one in use, or whoever did
 * (Nest's `ValidationPipe` does) had no decorators of it.
 */
export function mayHideRules(type: object): boolean {
  const api = classTransformer();
  if (copy?.origin === 'given') return false;
  const others = () => loadedCopies().some(({ exports }) => exports !== api);
  const doubt = doubts.get(type) ?? (api === undefined || copy?.origin === 'first' || others() || isWithoutRules(api));
  doubts.set(type, doubt);
  return doubt;
}

/** Whether no decorator of this copy stands anywhere, as when those of the application are bundled with it. */
function isWithoutRules(api: ClassTransformer): boolean {
  const index = loadedCopies().find(({ exports }) => exports === api);
  // Its public API answers for a class only. A copy that a bundler took in is the application's.
  const file = index === undefined ? undefined : join(dirname(index.filename), 'storage.js');
  const storage: unknown = file === undefined ? undefined : loadedModules().find(({ filename }) => filename === file);
  const kept = member(member(storage, 'exports'), 'defaultMetadataStorage');
  if (typeof kept !== 'object' || kept === null) return false;
  const rules = Object.entries(kept).filter(([name, map]) => name.endsWith('Metadatas') && types.isMap(map));
  return rules.length > 0 && rules.every(([, map]) => (map as Map<unknown, unknown>).size === 0);
}

/** All copies that Node has loaded; what a bundler took in is not among them. */
function loadedCopies(): readonly NodeJS.Module[] {
  const isCopy = /[\\/]class-transformer[\\/]cjs[\\/]index\.js$/;
  return loadedModules().filter(({ filename }) => isCopy.test(filename));
}

function loadedModules(): readonly NodeJS.Module[] {
  const modules = attempted(() => Object.values(requireOfApplication().cache)) ?? [];
  return modules.filter((one) => typeof one?.filename === 'string') as NodeJS.Module[];
}

function requireOfApplication(): NodeJS.Require {
  return createRequire(join(process.cwd(), 'package.json'));
}

/** Remote config values through class-transformer, so that `@Expose`, `@Type` and `@Transform` on the class apply. */
export const mapRemoteConfig: ClassMapper = (type, values) =>
  classTransformer()?.plainToInstance(type, values, { exposeDefaultValues: true }) ?? Object.assign(new type(), values);

classes.mapTo = mapRemoteConfig;
