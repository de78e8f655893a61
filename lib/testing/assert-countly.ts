import { AssertionError } from 'node:assert';
import { type CountlyMatchers, countlyMatchers } from './matchers.js';
import type { RecordedBy } from './recorded-entries.js';

/** The matchers for `node:test` and whatever else has no `expect`. */
export interface CountlyAssertions extends CountlyMatchers {
  /** The same, the other way round. */
  readonly not: CountlyMatchers;
}

/**
 * Asserts what was recorded. Each call is awaited and throws an `AssertionError` that shows what came instead.
 *
 * @param received - a client of {@link createTestClient}, or a {@link RecordingTransport}
 *
 * @example
 * ```ts
 * import { assertCountly, createTestClient } from 'countly-weave/testing';
 *
 * async function example(): Promise<void> {
 *   const countly = createTestClient();
 *   countly.client.addEvent('checkout', { sum: 12 });
 *   await assertCountly(countly).toHaveTracked('checkout', { sum: 12 });
 *   await assertCountly(countly).not.toHaveTracked('refund');
 *   await countly.close();
 * }
 * ```
 */
export function assertCountly(received: RecordedBy): CountlyAssertions {
  return { ...assertions(received, true), not: assertions(received, false) };
}

function assertions(received: RecordedBy, wanted: boolean): CountlyMatchers {
  const made = Object.entries(countlyMatchers).map(([name, matcher]) => {
    const match = matcher as (received: unknown, ...args: unknown[]) => ReturnType<typeof matcher>;
    const assertion = async (...args: unknown[]): Promise<void> => {
      const { pass, message } = await match(received, ...args);
      if (pass !== wanted) throw new AssertionError({ message: message(), stackStartFn: assertion });
    };
    return [name, assertion] as const;
  });
  return Object.fromEntries(made) as unknown as CountlyMatchers;
}
