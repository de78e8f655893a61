import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, expect, it } from 'vitest';
import type { Unit } from '../../inspector/src/api/contract/people.js';
import { startInspector } from '../../inspector/src/index.js';
import { Countly } from '../../lib/index.js';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What a unit of work of the host refers to: stands for a request. */
function unitsOf(countly: Countly, count: number): WeakRef<object>[] {
  return Array.from({ length: count }, (_, n) => {
    const scope = countly.scope({ deviceId: `visitor-${n}` });
    countly.run(scope, () => countly.addEvent('served'));
    return new WeakRef(scope);
  });
}

it('units of work are not kept while a server on this machine, which may be an inspector, does not answer', async () => {
  const countly = Countly.init({ url: 'http://127.0.0.1:9', appKey: 'shop', durability: 'memory' });
  closing.push(() => countly.close({ timeout: 0 }));
  const units = unitsOf(countly, 2000);
  await new Promise(setImmediate);
  collectGarbage();
  expect(units.filter((unit) => unit.deref() !== undefined).length).toBeLessThanOrEqual(50);
  expect(countly.stats().pending).toBe(2000);
});

it('an inspector that begins after a long silence is still told of what comes then', async () => {
  const free = await startInspector({ port: 0 });
  const { url } = free;
  await free.close();
  const countly = Countly.init({ url, appKey: 'shop', durability: 'memory', flushInterval: 0.02 });
  closing.push(() => countly.close({ timeout: 0 }));
  unitsOf(countly, 2000);
  const inspector = await startInspector({ port: Number(new URL(url).port) });
  closing.push(() => inspector.close());
  expect(await countly.flush({ timeout: 10_000 })).toMatchObject({ pending: 0 });
  unitsOf(countly, 1);
  await countly.flush({ timeout: 10_000 });
  const titles = async () => {
    const { units } = (await (await fetch(`${inspector.url}/api/units`)).json()) as { units: Unit[] };
    return units.map((unit) => unit.device_id);
  };
  await expect.poll(titles, { timeout: 8000 }).toContain('visitor-0');
});
