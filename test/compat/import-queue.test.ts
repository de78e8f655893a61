import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CountlySdk, type CustomStorageMethod, importQueueFiles } from '../../lib/compat/index.js';
import { silentLogger } from '../../lib/logger.js';
import { Countly as Client } from '../../lib/scope/countly.js';
import { Recorder } from './support/recorder.js';

const TIME = 1_700_000_000_000;
const QUEUE = [
  {
    app_key: 'APP',
    device_id: 'old',
    begin_session: 1,
    metrics: '{"_os":"Linux"}',
    timestamp: TIME,
    sdk_name: 'x',
    t: 0,
  },
  { app_key: 'APP', device_id: 'old', session_duration: 60, timestamp: TIME + 60_000 },
];
const EVENTS = [{ key: 'waited', count: 2, segmentation: { plan: 'pro' }, timestamp: TIME + 70_000, hour: 1, dow: 2 }];
const BULK = [{ app_key: 'APP', requests: JSON.stringify([{ app_key: 'APP', device_id: 'b1', session_duration: 5 }]) }];

let folder: string;
let recorder: Recorder;
const clients: Client[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'compat-import-'));
  recorder = new Recorder();
  await recorder.start();
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close({ timeout: 2000 })));
  await recorder.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
});

function put(key: string, value: unknown): void {
  writeFileSync(join(folder, `__${key}.json`), JSON.stringify({ [key]: value }));
}

function client(): Client {
  const made = new Client({
    url: recorder.url,
    appKey: 'APP',
    durability: 'memory',
    flushInterval: 1,
    serverSettings: false,
    healthCheck: false,
  });
  clients.push(made);
  return made;
}

const sent = () => recorder.requests.map(({ params }) => params);
const files = () => readdirSync(folder).filter((name) => name.startsWith('__'));

describe('importing the queue of the official SDK', () => {
  it('sends requests and events with their own device and time', async () => {
    put('cly_queue', QUEUE);
    put('cly_event', EVENTS);
    put('cly_id', 'old');
    const own = client();
    const result = await importQueueFiles(folder, own, { logger: silentLogger });
    await own.flush();
    expect(result).toMatchObject({ requests: 3, broken: [] });
    expect(sent()).toMatchObject([
      { device_id: 'old', begin_session: 1, metrics: { _os: 'Linux' }, timestamp: TIME },
      { device_id: 'old', session_duration: 60, timestamp: TIME + 60_000 },
      {
        device_id: 'old',
        events: [{ key: 'waited', count: 2, segmentation: { plan: 'pro' }, timestamp: TIME + 70_000 }],
      },
    ]);
  });

  it('takes over the queues of the bulk mode', async () => {
    put('cly_req_queue', [{ app_key: 'APP', device_id: 'b2', session_duration: 6 }]);
    put('cly_bulk_event', { b3: [{ key: 'waited', count: 1 }] });
    put('cly_bulk_queue', BULK);
    const own = client();
    expect((await importQueueFiles(folder, own)).requests).toBe(3);
    await own.flush();
    expect(new Set(sent().map(({ device_id }) => device_id))).toEqual(new Set(['b1', 'b2', 'b3']));
  });

  it('imports each file once, whoever asks', async () => {
    put('cly_queue', QUEUE);
    const both = await Promise.all([importQueueFiles(folder, client()), importQueueFiles(`${folder}/`, client())]);
    const later = await importQueueFiles(folder, client());
    expect([...both, later].map(({ requests }) => requests).sort()).toEqual([0, 0, 2]);
    expect(files()).toEqual([expect.stringMatching(/^__cly_queue\.json\.imported\.\d+$/)]);
  });

  it('takes over what a process claimed that died, and nothing of one that lives', async () => {
    put('cly_queue', QUEUE);
    writeFileSync(join(folder, '__cly_event.json.importing.1.aa'), JSON.stringify({ cly_event: EVENTS }));
    // No process has this id: it is above the largest one systems give.
    writeFileSync(join(folder, '__cly_req_queue.json.importing.99999999.bb'), JSON.stringify({ cly_req_queue: QUEUE }));
    expect((await importQueueFiles(folder, client())).requests).toBe(4);
    expect(files().filter((name) => name.includes('.importing.'))).toEqual(['__cly_event.json.importing.1.aa']);
  });

  it('keeps a broken file and says where', async () => {
    writeFileSync(join(folder, '__cly_queue.json'), '{"cly_queue":[{"app_key":"AP');
    put('cly_event', EVENTS);
    const warnings: string[] = [];
    const result = await importQueueFiles(folder, client(), {
      logger: { ...silentLogger, warn: (message) => warnings.push(message) },
    });
    expect(result).toMatchObject({ requests: 1, broken: [expect.stringContaining('__cly_queue.json.broken.')] });
    expect(warnings.join()).toContain(result.broken[0]);
  });

  it('leaves out requests for another application', async () => {
    put('cly_queue', [...QUEUE, { app_key: 'OTHER', device_id: 'x', session_duration: 1 }]);
    const result = await importQueueFiles(folder, client(), { appKey: 'APP', logger: silentLogger });
    expect(result.requests).toBe(2);
  });

  it('finds nothing in a folder that does not exist', async () => {
    expect(await importQueueFiles(join(folder, 'nowhere'), client())).toEqual({ requests: 0, files: [], broken: [] });
  });
});

describe('starting where the official SDK was', () => {
  const started: CountlySdk[] = [];
  afterEach(() => {
    for (const sdk of started.splice(0)) sdk.halt();
  });

  function start(conf: object): CountlySdk {
    const sdk = new CountlySdk();
    started.push(sdk);
    sdk.init({ app_key: 'APP', url: recorder.url, interval: 5, ...conf });
    return sdk;
  }

  it('imports by itself and keeps the generated device id', async () => {
    put('cly_queue', QUEUE);
    put('cly_id', 'c3b9a1de-0f00-4f00-8f00-000000000001');
    const sdk = start({ storage_path: `${folder}/`, device_id: 'ignored' });
    expect([sdk.get_device_id(), sdk.get_device_id_type()]).toEqual(['c3b9a1de-0f00-4f00-8f00-000000000001', 1]);
    await expect.poll(() => sent().length, { timeout: 5000 }).toBe(2);
    expect(sent().map(({ device_id }) => device_id)).toEqual(['old', 'old']);
    sdk.add_event({ key: 'new' });
    await expect.poll(() => sent().length, { timeout: 5000 }).toBe(3);
    expect(sent()[2]).toMatchObject({ device_id: 'c3b9a1de-0f00-4f00-8f00-000000000001', t: '1' });
  });

  it('finds files of a path without a slash at its end', async () => {
    writeFileSync(`${folder}__cly_queue.json`, JSON.stringify({ cly_queue: QUEUE }));
    try {
      start({ storage_path: folder });
      await expect.poll(() => sent().length, { timeout: 5000 }).toBe(2);
    } finally {
      const beside = join(folder, '..');
      for (const name of readdirSync(beside)) {
        if (name.startsWith(`${folder.split('/').at(-1)}__`)) rmSync(join(beside, name));
      }
    }
  });

  it('imports from a storage of the user’s own', async () => {
    const rows = new Map<string, unknown>([
      ['cly_queue', QUEUE],
      ['cly_id', 'old'],
      ['cly_id_type', 0],
    ]);
    const custom_storage_method: CustomStorageMethod = {
      storeSet: (key, value) => void rows.set(key, value),
      storeGet: (key, fallback) => rows.get(key) ?? fallback,
      storeRemove: (key) => void rows.delete(key),
    };
    const sdk = start({ custom_storage_method });
    expect(sdk.get_device_id()).toBe('old');
    await expect.poll(() => sent().length, { timeout: 5000 }).toBe(2);
    expect(rows.get('cly_queue')).toEqual([]);
  });
});
