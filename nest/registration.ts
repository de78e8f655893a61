import { CountlyConfigError } from '../lib/index.js';
import { optionRules as is } from '../lib/internal.js';

const anything: is.Rule = { expected: 'anything', test: () => true };

/** What is decided where the module is imported. */
const EXTRAS: is.Members = { name: is.plainText, isGlobal: is.flag };
const ASYNC = is.shape('an object with useFactory, useClass or useExisting', {
  ...EXTRAS,
  imports: anything,
  inject: anything,
  provideInjectionTokensFrom: anything,
  useFactory: is.callback,
  useClass: is.callback,
  useExisting: anything,
});

/** @throws CountlyConfigError when it is no object, or what only the import can decide is wrong. The rest waits for the boot. */
export function checkForRoot(options: unknown): void {
  const found = is.problemsIn({ forRoot: options }, { forRoot: is.object });
  if (found.length === 0) {
    const { name, isGlobal } = options as { readonly name?: unknown; readonly isGlobal?: unknown };
    found.push(...is.problemsIn({ name, isGlobal }, EXTRAS));
  }
  if (found.length > 0) throw new CountlyConfigError(found);
}

/** @throws CountlyConfigError where the options could never come from, or something is misspelt. */
export function checkForRootAsync(options: unknown): void {
  const found = is.problemsIn({ forRootAsync: options ?? null }, { forRootAsync: ASYNC });
  const { useFactory, useClass, useExisting } = Object(options) as Readonly<Record<string, unknown>>;
  if (found.length === 0 && (useFactory ?? useClass ?? useExisting) === undefined) {
    found.push({ option: 'forRootAsync', expected: ASYNC.expected, actual: 'none of them' });
  }
  if (found.length > 0) throw new CountlyConfigError(found);
}

/** @throws CountlyConfigError for `imports: [CountlyModule]`, whose dependencies Nest would only say it cannot resolve. */
export function refuseBareClass(): never {
  const expected =
    'CountlyModule.forRoot({ url, appKey }) in the imports of the root module; it is global, so that no other module has to import it';
  throw new CountlyConfigError([{ option: 'imports', expected, actual: 'CountlyModule itself' }]);
}
