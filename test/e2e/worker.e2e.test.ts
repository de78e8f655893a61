import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ask, readArrived } from './support/arrived.js';
import { stopAll } from './support/program.js';
import { requireBuild, runWorker, startInspector } from './support/programs.js';
import { makeFolder } from './support/sandbox.js';

const order = (visitor: number, carrier?: string): string =>
  JSON.stringify({
    visitorId: `visitor-${visitor}`,
    carrier,
    items: 2,
    email: `visitor-${visitor}@example.test`,
    address: '1 Example Lane, Testville',
  });

describe('the worker without Nest', { timeout: 120_000 }, () => {
  let folder: { path: string; remove: () => Promise<void> };

  beforeAll(async () => {
    requireBuild();
    folder = await makeFolder();
  });
  afterEach(stopAll);
  afterAll(() => folder.remove());

  it('reports its work under the visitors it is done for, and its own troubles under its own id', async () => {
    const database = join(folder.path, 'inspector.db');
    const orders = join(folder.path, 'orders.jsonl');
    await writeFile(orders, [order(1, 'rail'), order(2, 'pigeon'), order(3), 'not json'].join('\n'));
    const inspector = await startInspector(database);
    const worker = await runWorker(orders, {
      COUNTLY_URL: inspector.url,
      COUNTLY_STORAGE_PATH: join(folder.path, 'journal'),
    });
    expect(worker.output).toMatch(/^Shipped 1 orders, 1 failed\. Countly: delivered \d+, pending 0\.$/m);
    expect((await worker.exited).code).toBe(0);

    const arrived = readArrived(database);
    expect(arrived).toEqual({
      'visitor-1': {
        events: ['order_shipped ×1 no sum {"carrier":"rail","items":2}', 'parcel_packed ×1 sum 2.00 {}'],
        views: [],
        errors: [],
        traces: ['device print_label'],
      },
      'visitor-2': {
        events: ['parcel_packed ×1 sum 2.00 {}'],
        views: [],
        errors: ['Error: No label printer knows this carrier.'],
        traces: ['device print_label'],
      },
      'parcel-worker': {
        events: [],
        views: [],
        errors: [expect.stringContaining('SyntaxError'), expect.stringContaining('TypeError: order: expected a text')],
        traces: [],
      },
    });
    expect(ask(database, "SELECT title, message FROM problems WHERE level <> 'N'")).toEqual([]);
    expect(
      ask(database, "SELECT id FROM requests WHERE body LIKE '%example.test%' OR body LIKE '%Testville%'"),
    ).toEqual([]);
  });
});
