import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { stopAll } from './support/program.js';
import { requireBuild, runShop, startInspector, startShop } from './support/programs.js';
import { deadUrl, makeFolder, takePort } from './support/sandbox.js';

const SOME_REQUESTS = 20;

describe('a shop that cannot report', { timeout: 120_000 }, () => {
  let folder: { path: string; remove: () => Promise<void> };
  let storage: { COUNTLY_STORAGE_PATH: string };

  beforeAll(async () => {
    requireBuild();
    folder = await makeFolder();
    storage = { COUNTLY_STORAGE_PATH: join(folder.path, 'journal') };
  });
  afterEach(stopAll);
  afterAll(() => folder.remove());

  it('keeps serving while its Countly server is away, says so, and ends in time with the rest on disk', async () => {
    const shop = await startShop({ ...storage, COUNTLY_URL: await deadUrl() });
    await expectToServe(shop.url);
    await shop.says(/\[Countly\] .*(refused|ECONNREFUSED)/);
    await expectToServe(shop.url);
    const { code } = await shop.stop('SIGTERM');
    expect(code).toBe(0);
    expect(shop.output).toMatch(/delivered 0, pending [1-9]\d*, dropped 0,/);
  });

  it('keeps serving when the server does not know its key, and says so', async () => {
    const inspector = await startInspector(':memory:', '--app-key', 'the-right-one');
    const shop = await startShop({ ...storage, COUNTLY_URL: inspector.url, COUNTLY_APP_KEY: 'a-wrong-one' });
    await expectToServe(shop.url);
    await shop.says(/\[Countly\] .*App does not exist/);
    await expectToServe(shop.url);
    expect((await shop.stop('SIGTERM')).code).toBe(0);
  });

  it.each([
    [
      { COUNTLY_URL: 'countly.example.test' },
      /COUNTLY_URL: expected an http:\/\/ or https:\/\/ address such as .*, got "countly/,
    ],
    [{ COUNTLY_URL: 'http://127.0.0.1:1', COUNTLY_APP_KEY: '' }, /COUNTLY_APP_KEY is not/],
  ])('keeps serving with the wrong settings %o, and says what is wrong', async (env, message) => {
    const shop = await startShop({ ...storage, ...env });
    expect(shop.output).toMatch(message);
    await expectToServe(shop.url);
    expect((await shop.stop('SIGTERM')).code).toBe(0);
  });
});

describe('a shop that cannot listen', { timeout: 120_000 }, () => {
  it('names the port that is taken and the variable to change it', async () => {
    const { port, free } = await takePort();
    const shop = await runShop({ PORT: `${port}`, COUNTLY_DISABLED: 'true' });
    await free();
    expect((await shop.exited).code).toBe(1);
    expect(shop.output).toContain(`Port ${port} is already taken. Choose another one for the shop: PORT=${port + 1}`);
  });

  it('names every variable that is wrong at once', async () => {
    const shop = await runShop({ PORT: 'http', CART_ABANDONED_SECONDS: '0' });
    expect((await shop.exited).code).toBe(1);
    expect(shop.output).toBe(
      'PORT: expected a whole number from 0 to 65535, got "http"\n' +
        'CART_ABANDONED_SECONDS: expected a whole number from 1 to 86400, got "0"\n',
    );
  });
});

async function expectToServe(url: string): Promise<void> {
  const answers = await Promise.all(
    Array.from({ length: SOME_REQUESTS }, async (_, index) => {
      const path = index % 2 === 0 ? '/' : '/products/stone-mug';
      const response = await fetch(`${url}${path}`, {
        headers: { accept: 'text/html', 'x-visitor-id': `visitor-${index}` },
      });
      return [response.status, (await response.text()).includes('Stone mug')];
    }),
  );
  expect(answers).toEqual(answers.map(() => [200, true]));
}
