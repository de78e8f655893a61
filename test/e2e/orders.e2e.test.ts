import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { noRedis, Redis } from '../support/redis.js';
import { ask } from './support/arrived.js';
import { type Program, stopAll } from './support/program.js';
import { requireBuild, startInspector, startPacking, startShop } from './support/programs.js';
import { makeFolder } from './support/sandbox.js';

const CARD = '4242424242424242';
const redis = new Redis();

describe('orders of the shop', { timeout: 120_000 }, () => {
  let folder: Awaited<ReturnType<typeof makeFolder>>;
  let database: string;
  let inspector: Program;

  beforeEach(async () => {
    requireBuild();
    folder = await makeFolder();
    database = join(folder.path, 'inspector.db');
    inspector = await startInspector(database);
  });
  afterEach(async () => {
    await stopAll();
    await redis.stop();
    await folder.remove();
  });
  afterAll(() => redis.stop());

  const env = (of: string) => ({ COUNTLY_URL: inspector.url, COUNTLY_STORAGE_PATH: join(folder.path, of) });
  const keysOf = (id: string) =>
    ask<{ key: string }>(database, `SELECT key FROM events WHERE device_id = '${id}' AND key NOT LIKE '[CLY]%'`)
      .map(({ key }) => key)
      .sort();
  const orders = () => ask(join(folder.path, 'shop.db'), 'SELECT visitorId, total FROM orders ORDER BY visitorId');

  async function buy(shop: Program, visitor: string, times: number, consent = 'all'): Promise<number> {
    const headers = { 'x-visitor-id': visitor, 'x-consent': consent, 'content-type': 'application/json' };
    const post = (path: string, body: object) =>
      fetch(`${shop.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    // A line that could be kept stands before the one that cannot.
    await post('/cart/items', { productId: 'brass-pen', quantity: 1 });
    for (let n = 0; n < times; n++) await post('/cart/items', { productId: 'stone-mug', quantity: 9 });
    return (await post('/checkout', { email: 'a@example.test', address: 'somewhere', card: CARD })).status;
  }

  it('count what is in the database, and nothing that it took back', async () => {
    const shop = await startShop({ ...env('shop'), SHOP_DATABASE: join(folder.path, 'shop.db') });
    // Many at once: one transaction after the other, and nobody's records in somebody else's.
    const answers = await Promise.all(
      ['ann', 'bob', 'cleo', 'dan'].map((visitor, index) => buy(shop, visitor, index % 2 === 0 ? 1 : 4)),
    );
    expect(answers).toEqual([201, 409, 201, 409]);
    await shop.stop();
    expect(orders()).toEqual([
      { visitorId: 'ann', total: 20_900 },
      { visitorId: 'cleo', total: 20_900 },
    ]);
    const ordered = ['cart_item_added', 'cart_item_added', 'checkout', 'item_ordered', 'item_ordered'];
    for (const id of ['ann', 'cleo']) expect(keysOf(id)).toEqual(ordered);
    for (const id of ['bob', 'dan']) expect(new Set(keysOf(id))).toEqual(new Set(['cart_item_added']));
    expect(shop.output).toMatch(/pending 0, dropped rolled_back 2,/);
  });

  it.skipIf(noRedis)('are packed in another process, under who ordered, or under nobody', async () => {
    await redis.start();
    const REDIS_URL = `redis://${redis.host}:${redis.port}`;
    const shop = await startShop({ ...env('shop'), REDIS_URL });
    const packing = await startPacking({ ...env('packing'), REDIS_URL });
    expect(await Promise.all([buy(shop, 'ann', 1), buy(shop, 'eve', 1, 'none')])).toEqual([201, 201]);
    await packing.says(/(Packed [\s\S]*){2}/);
    await Promise.all([shop.stop(), packing.stop()]);
    expect([...new Set(keysOf('ann'))]).toEqual(['cart_item_added', 'checkout', 'item_ordered', 'parcel_sent']);
    const others = ask(database, "SELECT device_id FROM events WHERE device_id <> 'ann' AND key NOT LIKE '[CLY]%'");
    expect(others).toEqual([]);
    expect(ask(database, "SELECT title, message, device_id FROM problems WHERE level <> 'N'")).toEqual([]);
    expect(packing.output).toMatch(/delivered [1-9]\d*, pending 0, dropped 0,/);
  });
});
