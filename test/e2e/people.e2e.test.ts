import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from './support/arrived.js';
import { type Program, stopAll } from './support/program.js';
import { requireBuild, startInspector, startShop } from './support/programs.js';
import { makeFolder } from './support/sandbox.js';

const PHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1';

/** One browser, with the cookies it was given. */
class Browser {
  readonly #jar = new Map<string, string>();

  constructor(
    readonly shop: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {}

  async go(path: string, form?: Readonly<Record<string, string>>): Promise<string> {
    const cookie = [...this.#jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(`${this.shop}${path}`, {
      headers: { accept: 'text/html', 'user-agent': PHONE, ...this.headers, cookie },
      redirect: 'manual',
      ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = line.split(';', 1)[0]?.split('=') ?? [];
      this.#jar.set(name, value);
    }
    return answer.text();
  }
}

describe('people in the shop', { timeout: 60_000 }, () => {
  let folder: Awaited<ReturnType<typeof makeFolder>>;
  let database: string;
  let shop: Program;
  const rows = <Row>(sql: string) => ask<Row>(database, sql);

  beforeAll(async () => {
    requireBuild();
    folder = await makeFolder();
    database = `${folder.path}/inspector.db`;
    const inspector = await startInspector(database);
    shop = await startShop({ COUNTLY_URL: inspector.url, COUNTLY_STORAGE_PATH: `${folder.path}/journal` });
    const ada = new Browser(shop.url, {
      ...{ 'accept-language': 'de-AT,de;q=0.9', 'x-forwarded-for': '203.0.113.7' },
      ...{ 'x-visitor-country': 'AT', 'x-visitor-city': 'Graz' },
    });
    await ada.go('/');
    await ada.go('/cart/items', { productId: 'harbour-lamp', quantity: '1' });
    await ada.go('/login', { name: 'Ada' });
    expect(await ada.go('/cart')).toMatch(/Log out Ada[\s\S]*Harbour lamp/);
    await ada.go('/logout', {});
    // The same person at another browser, which somebody else uses afterwards.
    const elsewhere = new Browser(shop.url);
    await elsewhere.go('/search?q=lamp');
    await elsewhere.go('/login', { name: 'ada' });
    await elsewhere.go('/logout', {});
    await elsewhere.go('/');
    const silent = new Browser(shop.url, { 'x-consent': 'none' });
    await silent.go('/');
    await silent.go('/login', { name: 'Grace' });
    await fetch(`${shop.url}/health`, { headers: { 'user-agent': PHONE } });
    await shop.stop('SIGTERM');
  }, 60_000);

  afterAll(async () => {
    await stopAll();
    await folder.remove();
  });

  it('are one person each, on whatever browser they log in', () => {
    const [ada] = rows<{ device_id: string }>('SELECT device_id FROM user_profiles');
    expect(ada?.device_id).toMatch(/^customer-/);
    // Beside her there is who looked around after the logout.
    expect(rows('SELECT device_id FROM devices WHERE session_count > 0')).toHaveLength(2);
    expect(rows('SELECT device_id FROM merges')).toEqual([ada, ada]);
    const events = "SELECT device_id FROM events WHERE key IN ('cart_item_added', 'search')";
    expect(rows(events)).toEqual([ada, ada]);
  });

  it('have a profile of what the shop may tell', () => {
    const profiles = rows<{ name: string; custom: string }>('SELECT name, custom FROM user_profiles');
    expect(profiles.map(({ name, custom }) => [name, JSON.parse(custom)])).toEqual([
      ['ada', { tier: 'plain', logins: 2 }],
    ]);
  });

  it('have sessions with their browser and place, which end', () => {
    const sessions = rows<{ metrics: string; country: string | null; city: string | null; ended_by: string }>(
      'SELECT metrics, country, city, ended_by FROM sessions ORDER BY country IS NULL',
    );
    const [first] = sessions;
    expect(JSON.parse(first?.metrics ?? '{}')).toMatchObject({
      ...{ _browser: 'Safari', _os: 'iOS', _device: 'iPhone', _device_type: 'mobile', _locale: 'de_AT' },
    });
    expect(first).toMatchObject({ country: 'AT', city: 'Graz' });
    expect(rows('SELECT id FROM sessions WHERE ended_at IS NULL')).toEqual([]);
  });

  it('are left alone if they want to be', () => {
    const refusals = rows<{ device_id: string; kinds: string }>(
      `SELECT device_id, kinds FROM entries WHERE kinds <> 'health' AND device_id NOT IN (SELECT device_id FROM devices WHERE session_count > 0)
       AND device_id NOT IN (SELECT old_device_id FROM merges)`,
    );
    expect(refusals.map(({ kinds }) => kinds)).toEqual(['consent', 'consent']);
  });

  it('break no rule of the contract', () => {
    expect(rows("SELECT title, message, device_id FROM problems WHERE level <> 'N'")).toEqual([]);
    expect(rows("SELECT kinds, outcome, info FROM entries WHERE outcome <> 'stored'")).toEqual([]);
  });
});
