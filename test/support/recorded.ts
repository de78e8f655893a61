import type { CountlyOptions } from '../../lib/config/options.js';
import type { WireRequest } from '../../lib/http/transport.js';
import { createTestClient, type LogicalRequest, type TestClient } from '../../lib/testing/test-client.js';

/** A test client whose every byte is the same on every machine and at every time. */
export interface Recorded extends TestClient {
  readonly warnings: string[];
  /** Delivers, and gives what was delivered since the last time. */
  sent(): Promise<readonly LogicalRequest[]>;
  /** The same for one device, without the parameters that every request has. */
  contents(deviceId?: string): Promise<readonly Record<string, unknown>[]>;
  /** Bodies of the single requests since the last time. */
  bodies(): Promise<readonly string[]>;
}

export const OWN = 'test-device';
const COMMON = new Set([
  'app_key',
  'device_id',
  't',
  'sdk_name',
  'sdk_version',
  'av',
  'timestamp',
  'hour',
  'dow',
  'tz',
  'rr',
]);
/** What names an event and those before it is another text in each run. */
const LINKS = new Set(['id', 'cvid', 'peid', 'pvid']);

export function recorded(options: CountlyOptions = {}): Recorded {
  const warnings: string[] = [];
  const logger = { error: note, warn: note, log() {} };
  function note(message: string): void {
    warnings.push(message);
  }
  const test = createTestClient({
    timezoneOffset: 0,
    delivery: 'single',
    serverSettings: false,
    appVersion: '2.3.1',
    metrics: { _os: 'Linux', _os_version: '6.1', _locale: 'en_US', _cpu: 'cpu', _architecture: 'x64' },
    logger,
    ...options,
  });
  let seen = 0;
  const fresh = async () => {
    await test.client.flush();
    const requests = test.transport.requests.slice(seen).filter(({ delivery }) => delivery.kind === 'delivered');
    seen = test.transport.requests.length;
    return requests;
  };
  return {
    ...test,
    warnings,
    async sent() {
      return (await fresh()).flatMap(({ logical }) => logical);
    },
    async contents(deviceId = OWN) {
      const requests = (await fresh()).flatMap(({ logical }) => logical);
      return requests.filter((request) => request.deviceId === deviceId).map(({ parameters }) => contentOf(parameters));
    },
    async bodies() {
      return (await fresh()).map(({ request }) => String(request.body));
    },
  };
}

export function contentOf(parameters: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const content = Object.fromEntries(Object.entries(parameters).filter(([name]) => !COMMON.has(name)));
  return Array.isArray(content['events']) ? { ...content, events: content['events'].map(withoutLinks) } : content;
}

/** An event without its ids. */
export function withoutLinks(event: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(event).filter(([name]) => !LINKS.has(name)));
}

/** The fields of a query. */
export function fieldsOf(request: WireRequest | undefined): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(String(request?.body ?? '')));
}

/** The promise of the ledger. */
export function isBalanced(client: TestClient['client']): boolean {
  const { accepted, delivered, pending, dropped } = client.stats();
  return accepted === delivered + pending + Object.values(dropped).reduce((sum, count) => sum + count, 0);
}

/** What Node does before a process dies of this error. */
export function fatal(error: unknown): void {
  (process as NodeJS.EventEmitter).emit('uncaughtExceptionMonitor', error, 'uncaughtException');
}
