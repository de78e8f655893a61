import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fleetStatus } from '../../lib/redis/index.js';
import { noRedis, Redis } from '../support/redis.js';
import { ask } from './support/arrived.js';
import { startProgram, stopAll } from './support/program.js';
import { APP_KEY, requireBuild, startInspector, startShop } from './support/programs.js';
import { makeFolder } from './support/sandbox.js';

const CLI = join(__dirname, '../../dist/cli.js');
const VISITORS = 4;
const ROUNDS = 6;

describe.skipIf(noRedis)('two shops and a relay that share a Redis', { timeout: 60_000 }, () => {
  let folder: Awaited<ReturnType<typeof makeFolder>>;
  let redis: Redis;
  let database: string;
  let url: string;
  const rows = <Row>(sql: string) => ask<Row>(database, sql);

  beforeAll(async () => {
    requireBuild();
    folder = await makeFolder();
    redis = new Redis(folder.path);
    await redis.start();
    database = `${folder.path}/inspector.db`;
    ({ url } = await startInspector(database));
    const where = ['--redis', redis.url, '--url', url, '--app-key', APP_KEY, '--port', '0'];
    await startProgram(CLI, ['relay', ...where], {}, { ready: /listens on/ });
    const env = { COUNTLY_URL: url, COUNTLY_REDIS_URL: redis.url, COUNTLY_STORAGE_PATH: `${folder.path}/journal` };
    const shops = await Promise.all([startShop(env), startShop(env)]);
    // A load balancer that gives every request to the next one.
    for (let round = 0; round < ROUNDS; round++) {
      for (let n = 0; n < VISITORS; n++) {
        const headers = { 'x-visitor-id': `visitor-${n}`, 'user-agent': 'Mozilla/5.0 (X11; Linux) Firefox/140.0' };
        const shop = shops[(round + n) % 2];
        await (await fetch(`${shop?.url}/${round % 2 === 0 ? '' : 'search?q=lamp'}`, { headers })).text();
      }
    }
    for (const shop of shops) await shop.stop('SIGTERM');
  }, 60_000);

  afterAll(async () => {
    await stopAll();
    await redis?.stop();
    await folder?.remove();
  });

  it('count each visitor as one person with one session', () => {
    const sessions = rows<{ device_id: string; n: number }>(
      'SELECT device_id, count(*) AS n FROM sessions GROUP BY device_id ORDER BY device_id',
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
    const { ledger } = await fleetStatus({ url: redis.url, server: { url, appKey: APP_KEY } });
    expect(ledger).toMatchObject({ accepted: ledger.delivered, pending: 0, dropped: {} });
    expect(ledger.delivered).toBeGreaterThan(VISITORS * ROUNDS);
  });

  it('break no rule of the contract', () => {
    expect(rows("SELECT title, message, device_id FROM problems WHERE level <> 'N'")).toEqual([]);
  });
});
