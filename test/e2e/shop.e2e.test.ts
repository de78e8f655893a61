import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, readArrived } from './support/arrived.js';
import { JOURNEYS } from './support/journeys.js';
import { Ledger } from './support/ledger.js';
import { type Exit, type Program, stopAll } from './support/program.js';
import { requireBuild, startInspector, startShop } from './support/programs.js';
import { type Identity, Visitor } from './support/visitor.js';

const VISITORS = 20;
const REQUESTS = 200;
const OPTED_OUT = [19, 20];
/** Longer than any visitor pauses, also on a slow machine: a cart that is still in use is not abandoned. */
const ABANDONED_SECONDS = 8;
const REMINDERS_TIMEOUT_MS = 60_000;

const identityOf = (number: number): Identity => {
  if (number > 16 && number < 19) return 'new browser';
  return number % 2 === 0 ? 'header' : 'cookie';
};

describe('200 requests of 20 visitors', { timeout: 120_000 }, () => {
  const ledger = new Ledger();
  let folder: string;
  let database: string;
  let inspector: Program;
  let shop: Program;
  let exit: Exit;
  let visitors: Visitor[];

  beforeAll(async () => {
    requireBuild();
    folder = await mkdtemp(join(tmpdir(), 'countly-e2e-'));
    database = join(folder, 'inspector.db');
    inspector = await startInspector(database);
    shop = await startShop({
      COUNTLY_URL: inspector.url,
      COUNTLY_STORAGE_PATH: join(folder, 'journal'),
      CART_ABANDONED_SECONDS: `${ABANDONED_SECONDS}`,
    });
    visitors = Array.from({ length: VISITORS }, (_, index) => {
      const number = index + 1;
      const consents = !OPTED_OUT.includes(number);
      return new Visitor(shop.url, `visitor-${number}`, identityOf(number), consents, ledger);
    });
    const walk = (visitor: Visitor, index: number) => JOURNEYS[index % JOURNEYS.length]?.(visitor);
    const leavesCart = (_: unknown, index: number): boolean => [2, 4].includes(index % JOURNEYS.length);
    // Those who leave a cart behind come first, because the job takes its time to notice …
    await Promise.all(visitors.map((visitor, index) => leavesCart(visitor, index) && walk(visitor, index)));
    const reminders = visitors.filter((visitor) => visitor.leave() && !OPTED_OUT.includes(numberOf(visitor))).length;
    await untilReminded(database, reminders);
    // … and what the others do is still in the shop when it is told to end.
    await Promise.all(visitors.map((visitor, index) => leavesCart(visitor, index) || walk(visitor, index)));
    exit = await shop.stop('SIGTERM');
  }, 180_000);

  afterAll(async () => {
    await stopAll();
    await rm(folder, { recursive: true, force: true, maxRetries: 10 });
  });

  it('were sent', () => {
    expect(visitors.reduce((sum, { requests }) => sum + requests, 0)).toBe(REQUESTS);
    expect(new Set(visitors.map(({ id }) => id)).size).toBe(VISITORS);
  });

  it('arrived once each, under the device id of their visitor', () => {
    expect(readArrived(database)).toEqual(ledger.toObject());
  });

  it('left nothing pending when the shop was stopped by SIGTERM', () => {
    expect(exit).toEqual({ code: 0, signal: null });
    expect(shop.output).toMatch(/delivered \d+, pending 0, dropped 0,/);
  });

  it('broke no rule of the contract', () => {
    // Level N is what depends on the edition of a server, such as the plugin for traces.
    expect(ask(database, "SELECT title, message, device_id FROM problems WHERE level <> 'N'")).toEqual([]);
    expect(ask(database, "SELECT kinds, outcome, info FROM entries WHERE outcome <> 'stored'")).toEqual([]);
  });

  it('left no personal data behind', () => {
    const requests = ask<{ body: string; query: string; body_bytes: number }>(
      database,
      'SELECT body, query, body_bytes FROM requests',
    );
    const everything = requests.map(({ body, query }) => `${query}\n${decodeURIComponent(body)}`).join('\n');
    // The bodies are complete, and the search would find what is in them.
    expect(everything).toContain('visitor-1"');
    expect(requests.every(({ body, body_bytes }) => Buffer.byteLength(body) === body_bytes)).toBe(true);
    for (const secret of ['example.test', 'Testville', ' Lane', '4242424242424242', 'nothing of the kind']) {
      expect(everything).not.toContain(secret);
    }
  });

  it('left nothing of those who opted out but their refusal', () => {
    for (const number of OPTED_OUT) {
      const entries = ask<{ kinds: string }>(
        database,
        `SELECT kinds FROM entries WHERE device_id = 'visitor-${number}'`,
      );
      expect(entries.map(({ kinds }) => kinds)).toEqual(['consent']);
      const granted = `SELECT feature FROM consents WHERE device_id = 'visitor-${number}' AND granted = 1`;
      expect(ask(database, granted)).toEqual([]);
    }
  });

  it('reported each failure once, with the way to it', () => {
    const crashes = ask<{ nonfatal: number; logs: string; custom: string }>(
      database,
      'SELECT nonfatal, logs, custom FROM crashes',
    );
    expect(crashes.length).toBeGreaterThan(0);
    for (const { nonfatal, logs, custom } of crashes) {
      expect(nonfatal).toBe(1);
      expect(logs).toContain('pricing 1 items, express delivery');
      expect(logs).toContain('charging €64.90');
      expect(custom).toContain('PaymentGateway.charge');
    }
  });
});

function numberOf({ id }: Visitor): number {
  return Number(id.slice('visitor-'.length));
}

async function untilReminded(database: string, count: number): Promise<void> {
  const until = Date.now() + REMINDERS_TIMEOUT_MS;
  let arrived = 0;
  while (Date.now() < until) {
    arrived = ask(database, "SELECT id FROM events WHERE key = 'cart_abandoned'").length;
    if (arrived >= count) return;
    await wait(100);
  }
  throw new Error(`${arrived} of ${count} abandoned carts were reported within ${REMINDERS_TIMEOUT_MS} ms`);
}
