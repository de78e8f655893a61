import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { assertCountly, createTestClient, type TestClient } from '../../lib/testing/index.js';

mkdirSync(join(__dirname, '../../.test-out'), { recursive: true });
const folder = mkdtempSync(join(__dirname, '../../.test-out/golden-'));
const file = join(folder, 'flows', 'checkout.json');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let opened: TestClient[] = [];
afterEach(async () => {
  delete process.env['COUNTLY_UPDATE_GOLDEN'];
  for (const client of opened) await client.close();
  opened = [];
});

/** One run of a program that is the same each time, but for its times and ids. */
function flow(
  change: { readonly plan?: string; readonly more?: boolean; readonly less?: boolean; readonly sameId?: boolean } = {},
) {
  const countly = createTestClient();
  opened.push(countly);
  countly.clock.advance(Math.floor(Math.random() * 1e9));
  const { client } = countly;
  const order = randomUUID();
  client.beginSession();
  const running = client.startEvent('slow');
  countly.clock.advance(1 + Math.floor(Math.random() * 1000));
  running.end({ segmentation: { order, again: change.sameId === true ? order : randomUUID() } });
  client.addEvent('checkout', { segmentation: { plan: change.plan ?? 'pro', first: order } });
  if (change.less !== true) client.trackView('Cart');
  if (change.more === true) client.addEvent('extra');
  client.device(randomUUID()).addEvent('anonymous');
  client.device('bob').addEvent('named');
  client.logError(new Error('late'));
  return countly;
}

async function said(countly: TestClient): Promise<string> {
  return assertCountly(countly)
    .toMatchGoldenFlow(file)
    .then(
      () => 'it passed',
      (error: Error) => error.message,
    );
}

describe('a golden flow', () => {
  it('is written on demand only', async () => {
    expect(await said(flow())).toContain('Run the tests with --update');
    process.env['COUNTLY_UPDATE_GOLDEN'] = '1';
    expect(await said(flow())).toBe('it passed');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toHaveLength(7);
  });

  it('is the same under other times and other ids', async () => {
    for (const _run of [1, 2, 3]) expect(await said(flow())).toBe('it passed');
    expect(readFileSync(file, 'utf8')).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}|\d{13}/);
  });

  it.each([
    ['one entry more', { more: true }, /^\+ .*"extra"/m],
    ['one entry less', { less: true }, /^- .*"Cart"/m],
    ['another value', { plan: 'free' }, /^- .*"pro".*\n\+ .*"free"/m],
    ['two ids that became one', { sameId: true }, /^\+ .*"slow"/m],
  ])('fails on %s, and shows which', async (_what, change, line) => {
    const message = await said(flow(change));
    expect(message).toMatch(line);
    expect(message).toContain('- accepted, + came');
  });

  it('names a file that holds something else', async () => {
    const broken = join(folder, 'broken.json');
    writeFileSync(broken, '{');
    await expect(assertCountly(flow()).toMatchGoldenFlow(broken)).rejects.toThrow('to hold a JSON list');
    await expect(assertCountly(flow()).toMatchGoldenFlow('')).rejects.toThrow('expected the path of a golden file');
  });
});
