import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Code } from '../../inspector/src/api/contract/code.js';
import type { Timeline, Units } from '../../inspector/src/api/contract/people.js';
import type { Status } from '../../inspector/src/api/contract/status.js';
import { type Inspector, startInspector } from '../../inspector/src/index.js';
import { noRedis, Redis } from '../support/redis.js';
import { type Child, command, MakingPod } from './support/processes.js';

const IN_TIME = { timeout: 20_000, interval: 50 };

describe.skipIf(noRedis)('what one process of a fleet records and another one sends', () => {
  let folder: string;
  let redis: Redis;
  let inspector: Inspector;
  const children: Child[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cw-maker-'));
    redis = new Redis(folder);
    await redis.start();
    inspector = await startInspector({ port: 0 });
  });

  afterEach(async () => {
    await Promise.all(children.splice(0).map((child) => child.end('SIGKILL')));
    await inspector.close();
    await redis.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 10 });
  });

  const get = async <Body>(path: string) => (await (await fetch(`${inspector.url}/api/${path}`)).json()) as Body;

  it('is linked to its method and its unit of work in the process that recorded it', async () => {
    const pod = new MakingPod({ url: inspector.url, appKey: 'APP' }, { url: redis.url, prefix: 'test' });
    children.push(pod);
    const at = ['--redis', redis.url, '--prefix', 'test', '--url', inspector.url, '--app-key', 'APP', '--port', '0'];
    children.push(command('relay', ...at));
    await pod.says(/^ready$/m);
    // It has told its methods: from here on the inspector knows whose numbers they are.
    await vi.waitFor(async () => expect((await get<Code>('code')).total).toBe(3), IN_TIME);
    await vi.waitFor(async () => expect((await get<Status>('status')).clients.length).toBeGreaterThan(0), IN_TIME);
    pod.call('ann', 'agree', 'login');
    pod.call('bob', 'agree', 'buy');

    const { methods } = await get<Code>('code');
    const label = (id: number | null) => methods.find((method) => method.id === id)?.label;
    const madeFor = async (device: string) => {
      const { items } = await get<Timeline>(`devices/${device}/timeline`);
      const made = items.filter(({ kind }) => kind !== 'problem');
      return [...new Set(made.map(({ kind, method, unit }) => `${kind} ${label(method)} ${unit !== null}`))].sort();
    };
    await vi.waitFor(async () => {
      expect(await madeFor('ann')).toEqual([
        'consent Shop.agree true',
        'profile Shop.login true',
        'session Shop.login true',
      ]);
      expect(await madeFor('bob')).toEqual(['consent Shop.agree true', 'event Shop.buy true']);
    }, IN_TIME);
    const { units } = await get<Units>('units');
    expect(units.map(({ device_id: device, entries }) => `${device} ${entries}`).sort()).toEqual(['ann 3', 'bob 2']);
    // What is sent is the same as for any server.
    for (const { body } of inspector.query<{ body: string | null }>('SELECT body FROM requests')) {
      expect(body ?? '').not.toMatch(/Shop|\.mjs|"unit"|"ref"/);
    }
  });
});
