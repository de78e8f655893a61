import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FleetStatus } from '../../lib/index.js';
import { fleetStatus } from '../../lib/redis/index.js';
import { readComposeFile } from '../support/compose-file.js';
import { noRedis, Redis } from '../support/redis.js';
import { ask } from './support/arrived.js';
import { type Program, startCommand, stopAll } from './support/program.js';
import { requireBuild } from './support/programs.js';
import { makeFolder } from './support/sandbox.js';

const VISITORS = 4;
const ROUNDS = 6;
const BROWSER = 'Mozilla/5.0 (X11; Linux) Firefox/140.0';

/** No Docker is needed: each service is a plain process with the command and the environment of the file. */
describe.skipIf(noRedis)('the services of docker-compose.yml', { timeout: 120_000 }, () => {
  const services = readComposeFile();
  const running = new Map<string, Program>();
  let folder: Awaited<ReturnType<typeof makeFolder>>;
  let redis: Redis;
  let database: string;
  let appKey: string;
  const urlOf = (name: string) => running.get(name)?.url ?? '';
  const rows = <Row>(sql: string) => ask<Row>(database, sql);
  const status = (): Promise<FleetStatus> =>
    fleetStatus({ url: redis.url, server: { url: urlOf('inspector'), appKey } });

  /** Names of hosts mean this machine. */
  const here = (text: string): string =>
    text
      .replace('redis:6379', `${redis.host}:${redis.port}`)
      .replace('http://inspector:6010', urlOf('inspector'))
      .replace('0.0.0.0', '127.0.0.1');

  async function start(name: string, ready?: RegExp, ...also: readonly string[]): Promise<void> {
    const service = services.get(name);
    if (service === undefined) throw new Error(`docker-compose.yml has no ${name}`);
    for (const other of service.needs) expect([...running.keys(), 'redis'], `${name} needs it`).toContain(other);
    const environment = Object.entries(service.environment).map(([key, value]) => [key, here(value)]);
    // Each container has its own /tmp, and a port 3000.
    const own = { PORT: '0', COUNTLY_STORAGE_PATH: `${folder.path}/${name}` };
    const command = [...service.command.map(here), ...also];
    const program = await startCommand(
      command,
      { ...Object.fromEntries(environment), ...own },
      { ready, ownGroup: true },
    );
    running.set(name, program);
  }

  async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    for (const end = Date.now() + 30_000; !(await holds()); await wait(50)) {
      if (Date.now() > end) throw new Error(`Not within 30 s: ${what}`);
    }
  }

  async function order(shop: string, visitor: string): Promise<void> {
    const headers = { 'x-visitor-id': visitor, 'user-agent': BROWSER, 'content-type': 'application/json' };
    const post = (path: string, body: object) =>
      fetch(`${urlOf(shop)}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    expect((await post('/cart/items', { productId: 'brass-pen', quantity: 2 })).status).toBe(201);
    const paid = { email: 'a@example.test', address: '1 Lane', card: '4242424242424242', delivery: 'express' };
    expect((await post('/checkout', paid)).status).toBeLessThan(300);
  }

  const keysOf = (visitor: string) =>
    rows<{ key: string }>(`SELECT key FROM events WHERE device_id = '${visitor}'`).map(({ key }) => key);

  beforeAll(async () => {
    requireBuild();
    folder = await makeFolder();
    database = `${folder.path}/inspector.db`;
    redis = new Redis(folder.path);
    const [program, ...options] = services.get('redis')?.command ?? [];
    expect(program).toBe('redis-server');
    await redis.start(...options);
    await start('inspector', undefined, '--port', '0', '--db', database);
    await Promise.all([start('shop-1'), start('shop-2')]);
    await Promise.all([start('packing', /waits for parcels/), start('relay', undefined, '--port', '0')]);
    appKey = services.get('shop-1')?.environment['COUNTLY_APP_KEY'] ?? '';
    // A load balancer that gives every request to the next one.
    for (let round = 0; round < ROUNDS; round++) {
      for (let n = 0; n < VISITORS; n++) {
        const headers = { 'x-visitor-id': `visitor-${n}`, 'user-agent': BROWSER };
        const shop = urlOf((round + n) % 2 === 0 ? 'shop-1' : 'shop-2');
        await (await fetch(`${shop}/${round % 2 === 0 ? '' : 'search?q=lamp'}`, { headers })).text();
      }
    }
  }, 120_000);

  afterAll(async () => {
    await stopAll();
    await redis?.stop();
    await folder?.remove();
  });

  it('are all of the file', () => {
    expect(['redis', ...running.keys()].sort()).toEqual([...services.keys()].sort());
  });

  it('bring an order of one shop, and the parcel that another process packs, to the inspector', async () => {
    await order('shop-1', 'buyer');
    await until('the parcel is on its way', () => keysOf('buyer').includes('parcel_sent'));
    expect(keysOf('buyer')).toEqual(expect.arrayContaining(['cart_item_added', 'checkout', 'item_ordered']));
  });

  it('deliver by the relay what a shop recorded that is no more', async () => {
    // As `docker stop` does it: the process of the command is told, and nobody else.
    for (const name of ['shop-2', 'packing']) {
      await running.get(name)?.stop('SIGTERM');
      expect(running.get(name)?.output, name).toMatch(/delivered \d+, pending 0/);
    }
    const { accepted } = (await status()).ledger;
    await order('shop-1', 'last-buyer');
    // All of it is in Redis, and most of it has not left yet.
    let last = accepted;
    await until('Redis has the order', async () => {
      const before = last;
      last = (await status()).ledger.accepted;
      return last > accepted && last === before;
    });
    await running.get('shop-1')?.stop('SIGKILL');
    await until('the relay has sent it', () => keysOf('last-buyer').includes('checkout'));
    await until('nothing is left', async () => (await status()).ledger.pending === 0);
  });

  it('count each visitor as one person with one session', () => {
    const sessions = rows<{ device_id: string; n: number }>(
      "SELECT device_id, count(*) AS n FROM sessions WHERE device_id LIKE 'visitor-%' GROUP BY device_id ORDER BY device_id",
    );
    expect(sessions).toEqual(Array.from({ length: VISITORS }, (_, n) => ({ device_id: `visitor-${n}`, n: 1 })));
  });

  it('record every page and search once', () => {
    const [views] = rows<{ n: number }>("SELECT count(*) AS n FROM views WHERE device_id LIKE 'visitor-%'");
    expect(views?.n).toBe(VISITORS * ROUNDS);
    const [searches] = rows<{ n: number }>("SELECT sum(count) AS n FROM events WHERE key = 'search'");
    expect(searches?.n).toBe((VISITORS * ROUNDS) / 2);
  });

  it('leave a ledger that adds up', async () => {
    const { ledger } = await status();
    expect(ledger).toMatchObject({ accepted: ledger.delivered, pending: 0, dropped: {} });
    expect(ledger.delivered).toBeGreaterThan(VISITORS * ROUNDS);
  });

  it('break no rule of the contract', () => {
    expect(rows("SELECT title, message, device_id FROM problems WHERE level <> 'N'")).toEqual([]);
  });
});
