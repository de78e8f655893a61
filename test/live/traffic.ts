import type { Countly, CountlyOptions, DeliveryMode } from '../../lib/index.js';
import { type Baseline, baselines } from './fact.js';
import type { ReadApi } from './read-api.js';
import type { Prepare, Scenario } from './scenario.js';
import type { LiveSettings } from './settings.js';

/** The library as it was built. */
export type Library = Pick<typeof import('../../lib/index.js'), 'Countly'>;

export interface TrafficInput {
  readonly library: Library;
  readonly settings: LiveSettings;
  readonly api: ReadApi;
  readonly delivery: DeliveryMode;
  readonly scenarios: readonly Prepare[];
}

/** What was sent and what the app had before, with what the client says of its own work. */
export interface Sent {
  readonly baselines: readonly Baseline[];
  /** Requests by path. */
  readonly requests: ReadonlyMap<string, number>;
}

const FLUSH_MS = 30_000;

/** Sends the traffic of all scenarios through clients of one way of delivery, and waits until the server has it. */
export async function sendTraffic({ library, settings, api, delivery, scenarios }: TrafficInput): Promise<Sent> {
  const requests = new Map<string, number>();
  const run = `live${delivery}${Date.now().toString(36)}`;
  const clients: Countly[] = [];
  const open = (name: string, options: CountlyOptions): Countly => {
    const client = new library.Countly({
      url: settings.url,
      appKey: settings.appKey,
      ...(settings.salt !== undefined && { salt: settings.salt }),
      name: `${run}-${name}`,
      deviceId: `${run}-process-${name}`,
      appVersion: '1.0.0',
      delivery,
      durability: 'memory',
      deadLetter: false,
      proxy: false,
      requestOptions: ({ path }) => {
        const [bare = path] = path.split('?');
        requests.set(bare, (requests.get(bare) ?? 0) + 1);
      },
      ...options,
    });
    clients.push(client);
    return client;
  };
  const stage = { run, api, client: open('main', {}), open };
  try {
    const prepared: readonly Scenario[] = scenarios.map((prepare) => prepare(stage));
    const before = await baselines(prepared.flatMap(({ expectations }) => expectations));
    for (const scenario of prepared) scenario.send();
    return { baselines: [...before, ...(await ownFigures(clients))], requests };
  } finally {
    await Promise.all(clients.map((client) => client.close({ timeout: FLUSH_MS })));
  }
}

/**
 * What the clients say of their own work, as rows of their own: when figures are compared, nothing may wait, and nothing
 * be dropped but what a person had not agreed to.
 */
async function ownFigures(clients: readonly Countly[]): Promise<Baseline[]> {
  for (const client of clients) await client.flush({ timeout: FLUSH_MS });
  const ledgers = clients.map((client) => client.stats());
  const sum = (of: (ledger: (typeof ledgers)[number]) => number) =>
    ledgers.reduce((all, ledger) => all + of(ledger), 0);
  const permitted = sum(({ accepted, dropped }) => accepted - (dropped.consent ?? 0));
  const delivered = sum((ledger) => ledger.delivered);
  return [{ expectation: { fact: 'entries delivered', sent: permitted, read: async () => delivered }, before: 0 }];
}
