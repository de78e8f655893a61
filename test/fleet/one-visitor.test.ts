import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openReadOnly, startInspector } from 'countly-inspector';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { noRedis, Redis } from '../support/redis.js';
import { VisitingPod } from './support/processes.js';

/** Between two requests of a person; longer than what is recorded takes to Redis on a busy machine. */
const BETWEEN_MS = 200;
const PAGES = ['home', 'cart', 'pay', 'thanks'];

describe.skipIf(noRedis)('one visitor whom processes of a fleet serve in turn', () => {
  let folder: string;
  let redis: Redis;
  const pods: VisitingPod[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cw-visitor-'));
    redis = new Redis(folder);
    await redis.start();
  });

  afterEach(async () => {
    await Promise.all(pods.splice(0).map((pod) => pod.end('SIGKILL')));
    await redis.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 10 });
  });

  /** The same visit at so many processes, each request at the next one; what a server counted of it. */
  async function visitAt(count: number) {
    const database = join(folder, `inspector${count}.db`);
    const inspector = await startInspector({ port: 0, database });
    const those = Array.from({ length: count }, (_, n) => {
      const storagePath = join(folder, `journal-${n}-of-${count}`);
      return new VisitingPod(
        { url: inspector.url, appKey: 'APP', storagePath },
        { url: redis.url, prefix: `of-${count}` },
      );
    });
    pods.push(...those);
    await Promise.all(those.map((pod) => pod.says(/^ready$/m)));
    let turn = 0;
    const next = async (...command: readonly unknown[]): Promise<number> => {
      const at = await (those[turn++ % count] as VisitingPod).serve(...command);
      await pause(BETWEEN_MS);
      return at;
    };
    await next('anonymous', 'giveConsent', 'sessions', 'views', 'events');
    const began = await next('anonymous', 'beginSession');
    await next('anonymous', 'beginSession');
    let landed = Number.POSITIVE_INFINITY;
    for (const page of PAGES) {
      landed = Math.min(landed, await next('anonymous', 'trackView', page));
      await next('anonymous', 'addEvent', 'click');
    }
    await next('anonymous', 'changeId', 'ann', { merge: true });
    await next('ann', 'addEvent', 'click');
    await next('ann', 'removeConsent', 'events');
    await next('ann', 'addEvent', 'not agreed to');
    const ended = await next('ann', 'endSession');
    for (const pod of those) await pod.end('SIGTERM');
    expect(those.map(({ output }) => /^pending \d+$/m.exec(output)?.[0])).toEqual(those.map(() => 'pending 0'));
    await inspector.close();
    const { seconds, viewSeconds, ...numbers } = numbersOf(database);
    // Whole seconds each.
    expect(Math.abs(seconds - (ended - began) / 1000)).toBeLessThan(1.5);
    expect(Math.abs(viewSeconds - (ended - landed) / 1000)).toBeLessThan(0.6 * PAGES.length);
    return numbers;
  }

  it('is counted as at one process, at two and at five', async () => {
    const one = await visitAt(1);
    expect(one).toMatchObject({ sessions: 1, landings: 1, views: PAGES, merges: 1, problems: [] });
    expect(one.events).toEqual([{ key: 'click', n: PAGES.length + 1 }]);
    for (const count of [2, 5]) expect({ count, ...(await visitAt(count)) }).toEqual({ count, ...one });
  }, 120_000);
});

function numbersOf(database: string) {
  const reader = openReadOnly(database);
  const rows = (sql: string) => reader.query<Record<string, unknown>>(sql);
  const number = (sql: string) => Number(rows(sql)[0]?.['n']);
  try {
    return {
      sessions: number('SELECT count(*) AS n FROM sessions'),
      seconds: number('SELECT sum(duration) AS n FROM sessions'),
      views: rows('SELECT name FROM views ORDER BY started_at').map(({ name }) => name),
      viewSeconds: number('SELECT sum(duration) AS n FROM views'),
      landings: number('SELECT sum(landing) AS n FROM views'),
      events: rows("SELECT key, sum(count) AS n FROM events WHERE key NOT LIKE '[CLY]%' GROUP BY key"),
      merges: number('SELECT count(*) AS n FROM merges'),
      consents: rows('SELECT device_id, feature, granted FROM consents ORDER BY device_id, feature'),
      problems: rows("SELECT title, message FROM problems WHERE level <> 'N'"),
    };
  } finally {
    reader.close();
  }
}
