import type { CountlyOptions } from '../../lib/index.js';
import { createTestClient, type TestClient } from '../../lib/testing/index.js';
import { getCountlyToken } from '../index.js';

/** The part of `TestingModuleBuilder` of `@nestjs/testing` that is needed. */
export interface OverridesProviders {
  /** Begins the replacement of a provider. */
  overrideProvider(token: string): { useValue(value: unknown): unknown };
}

/**
 * Puts a client of the tests in the place of the one that the application's own `CountlyModule.forRoot` would make. All of it
 * uses it: injected clients, scopes of requests, and decorators.
 *
 * @param builder - what `Test.createTestingModule` gives, before `compile`
 * @param options - as for `createTestClient`; `name` says which client is meant
 * @returns the client, for the matchers; close it when the application is closed
 *
 * @example
 * ```ts
 * import { Module } from '@nestjs/common';
 * import { Test } from '@nestjs/testing';
 * import { CountlyModule } from 'countly-weave/nest';
 * import { overrideCountly } from 'countly-weave/nest/testing';
 *
 * @Module({ imports: [CountlyModule.forRoot({ url: 'http://127.0.0.1:6010', appKey: 'shop' })] })
 * class AppModule {}
 *
 * async function example(): Promise<void> {
 *   const builder = Test.createTestingModule({ imports: [AppModule] });
 *   const countly = overrideCountly(builder);
 *   const app = await builder.compile();
 *   console.log(await countly.events());
 *   await app.close();
 *   await countly.close();
 * }
 * ```
 */
export function overrideCountly(builder: OverridesProviders, options: CountlyOptions = {}): TestClient {
  const countly = createTestClient(options);
  builder.overrideProvider(getCountlyToken(options.name)).useValue(countly.client);
  return countly;
}
