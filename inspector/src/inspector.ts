import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { forgetAll } from './api/forget.js';
import { changeSettings, type SettingsChange } from './api/settings.js';
import { ServerMemory } from './checks/server-memory.js';
import type { ActiveFault, Fault } from './faults/fault.js';
import { FaultBox } from './faults/fault-box.js';
import { serve } from './http/app.js';
import type { CollectorParts } from './http/collector.js';
import { LiveHub } from './live/hub.js';
import { Numbers } from './numbers/numbers.js';
import { recount } from './numbers/recount.js';
import { ClientBook } from './offers/client-book.js';
import { recountLinks } from './offers/link-rows.js';
import { MadeBy } from './offers/made-by.js';
import { MethodTable } from './offers/method-table.js';
import { type InspectorOptions, type ResolvedOptions, resolveOptions } from './options.js';
import { type PlanReport, PlanWatch } from './plan/plan-watch.js';
import { SearchIndex } from './search/search-index.js';
import type { SqlParameter, SqlValue } from './sql/sql.js';
import { openStore, type Store } from './store/store.js';

/** A running inspector. */
export interface Inspector {
  /** Where it listens, base path included, without a slash at the end: what an SDK takes as its server URL. */
  readonly url: string;
  readonly port: number;
  readonly host: string;
  /** Path of the database file, or `':memory:'`. */
  readonly database: string;
  /** Makes matching requests fail from now on; returns the fault's id. Throws `FaultError` on a wrong fault. */
  setFault(fault: Fault): number;
  /** Removes one fault by its id, or all of them. */
  clearFaults(id?: number): void;
  /** The faults in force and how often each one hit. */
  faults(): ActiveFault[];
  /** Changes what the simulated server is set to: salt, app key, paused, remote config, SDK behaviour settings. */
  configure(change: SettingsChange): void;
  /** Reads from the database with SQL; `?` are filled from `parameters`. */
  query<Row = Record<string, SqlValue>>(sql: string, ...parameters: SqlParameter[]): Row[];
  /** What came until now, compared with the tracking plan; undefined without one. */
  planReport(): PlanReport | undefined;
  /** Forgets everything received; faults and settings stay. */
  reset(): void;
  /** Ends every connection and closes the database. Safe to call twice. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|::1)$/;

/**
 * Starts a local Countly-compatible collector.
 *
 * @example
 * const inspector = await startInspector({ port: 0, database: ':memory:' });
 * // point an SDK at inspector.url, then
 * inspector.query('SELECT key, count FROM events');
 * await inspector.close();
 *
 * @throws InspectorOptionError on a wrong option; the error of `listen` when the port is taken or not allowed.
 */
export async function startInspector(options: InspectorOptions = {}): Promise<Inspector> {
  const resolved = resolveOptions(options);
  const store = openStore(resolved.database);
  try {
    return await startOn(store, resolved);
  } catch (error) {
    store.discard();
    throw error;
  }
}

async function startOn(store: Store, resolved: ResolvedOptions): Promise<Inspector> {
  const numbers = new Numbers();
  recount(numbers, store.database);
  const madeBy = new MadeBy();
  recountLinks(store.database, madeBy);
  const runId = randomUUID();
  const parts: CollectorParts = {
    options: resolved,
    settings: { ...resolved.settings },
    store,
    memory: new ServerMemory(store.database),
    faults: new FaultBox(),
    hub: new LiveHub(runId),
    numbers,
    book: new ClientBook(),
    methods: new MethodTable(store.database),
    madeBy,
    address: { url: '' },
    runId,
    plan: resolved.plan && new PlanWatch(store.database, resolved.plan),
    trouble: {},
    // The last: from here on something works on the database by itself.
    search: new SearchIndex(store.database),
  };
  const server = createServer((message, response) => {
    serve(parts, message, response).catch((error: unknown) => {
      resolved.onWarning(`request ${message.method} ${message.url} failed: ${String(error)}`);
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'application/json' });
      response.end('{"result":"Server error"}');
    });
  });
  try {
    await listen(server, resolved);
  } catch (error) {
    parts.hub.close();
    parts.search.close();
    throw error;
  }
  if (!LOOPBACK.test(resolved.host)) {
    resolved.onWarning(
      `listening on ${resolved.host}: everybody who can reach this machine can read and change what is collected. ` +
        'Use 127.0.0.1 unless you want that.',
    );
  }
  return createHandle(server, parts);
}

function listen(server: Server, { host, port }: ResolvedOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function createHandle(server: Server, parts: CollectorParts): Inspector {
  const { options, store, faults, hub } = parts;
  const { port } = server.address() as AddressInfo;
  const name = options.host.includes(':') ? `[${options.host}]` : options.host;
  parts.address.url = `http://${name}:${port}${options.basePath}`;
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= new Promise((resolve) => {
      hub.close();
      parts.search.close();
      server.close(() => {
        store.close();
        resolve();
      });
      server.closeAllConnections();
    });
    return closing;
  };
  return {
    url: parts.address.url,
    host: options.host,
    port,
    database: options.database,
    setFault: (fault) => faults.set(fault),
    clearFaults: (id) => faults.clear(id),
    faults: () => faults.list(),
    configure: (change) => changeSettings(parts.settings, change),
    query: <Row>(sql: string, ...parameters: SqlParameter[]) => store.database.prepare<Row>(sql).all(...parameters),
    planReport: () => parts.plan?.report(),
    reset: () => forgetAll(parts),
    close,
    [Symbol.asyncDispose]: close,
  };
}
