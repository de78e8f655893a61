import type { CountlyOptions } from '../config/options.js';
import { silentLogger } from '../logger.js';
import { ClientWith, type Countly } from '../scope/countly.js';
import { registerClient } from '../scope/current.js';
import { ManualClock } from './manual-clock.js';
import { type RecordedEvent, RecordingTransport } from './recording-transport.js';

/** A client that sends nothing, with the clock and the transport it uses. */
export interface TestClient {
  readonly client: Countly;
  readonly clock: ManualClock;
  readonly transport: RecordingTransport;
  /** Everything recorded so far, as the server would get it: events in order. */
  events(): Promise<readonly RecordedEvent[]>;
  /** Requests other than events (crashes, traces, sessions, profiles …), by the parameter that makes them. */
  requests(parameter: string): Promise<readonly unknown[]>;
  /** Closes the client, so that the next test starts with none. */
  close(): Promise<void>;
}

/**
 * A registered client for tests of instrumented code: in memory, silent, on a clock that stands still.
 *
 * @param options as for `Countly.init`; nothing is required
 * @example
 * ```ts
 * import { TrackEvent } from 'countly-weave';
 * import { createTestClient } from 'countly-weave/testing';
 *
 * class Cart {
 *   \@TrackEvent('item_added')
 *   add(sku: string): string { return sku; }
 * }
 *
 * async function example(): Promise<void> {
 *   const countly = createTestClient();
 *   new Cart().add('sku-1');
 *   console.log((await countly.events()).map((event) => event.key)); // [ 'item_added' ]
 *   await countly.close();
 * }
 * ```
 */
export function createTestClient(options: CountlyOptions = {}): TestClient {
  const clock = new ManualClock();
  const transport = new RecordingTransport();
  const client = new ClientWith(
    { appKey: 'TEST', deviceId: 'test-device', durability: 'memory', logger: silentLogger, transport, ...options },
    clock,
  );
  registerClient(client);
  return {
    client,
    clock,
    transport,
    async events() {
      await client.flush();
      return transport.events;
    },
    async requests(parameter) {
      await client.flush();
      return transport.delivered.map((request) => request.parameters[parameter]).filter((value) => value !== undefined);
    },
    async close() {
      await client.close();
    },
  };
}
