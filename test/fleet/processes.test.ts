import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FleetStatus } from '../../lib/outbox/fleet.js';
import { CountlyServer } from '../support/countly-server.js';
import { noRedis, Redis } from '../support/redis.js';
import { Child, command, Pod } from './support/processes.js';

/**
 * Beats of a pod's own event loop, 20 ms apart, after which an entry is in Redis or on the disk: it waits one for company; if Redis
 * is slow, as on a busy machine, five for its answer, and two for the write.
 */
const TICKS = 8;
/** The long one: `FLEET_CHAOS_SECONDS=120 npx vitest run test/fleet -t random`. */
const CHAOS_MS = Number(process.env['FLEET_CHAOS_SECONDS'] ?? 20) * 1000;
/** With `everysec` Redis may lose what it had not written; on a quick disk that is nothing when only its process is killed. */
const CHAOS_FSYNC = process.env['FLEET_CHAOS_APPENDFSYNC'] ?? 'always';
/** Of each of three pods: 2 000 events a second together. */
const BUSY = { every: 15, atOnce: 10 };
const ASKER = join(__dirname, 'asker.mjs');
const DRAINED = { timeout: 25_000, interval: 100 };

describe.skipIf(noRedis)('processes of a fleet', () => {
  let folder: string;
  let redis: Redis;
  let server: CountlyServer;
  /** Numbers of the events of each device in the order the server counted them. */
  const order = new Map<string, number[]>();
  const children: Child[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cw-fleet-'));
    redis = new Redis(folder);
    await redis.start();
    server = new CountlyServer();
    await server.start();
    order.clear();
    server.script = ({ entries }) => {
      for (const { device_id, events = [] } of entries) {
        const seen = order.get(device_id) ?? [];
        order.set(device_id, seen);
        for (const { key } of events) if (!server.counts.has(`${device_id}/${key}`)) seen.push(Number(key.slice(1)));
      }
      return undefined;
    };
  });

  afterEach(async () => {
    await Promise.all(children.splice(0).map((child) => child.end('SIGKILL')));
    await redis.stop();
    await server.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 10 });
  });

  const pod = (prefix: string, options: object = {}, fleet: object = {}) => {
    const child = new Pod(
      prefix,
      { url: server.url, storagePath: join(folder, 'journal'), ...options },
      { url: redis.url, prefix: 'test', leaseTime: 1000, ...fleet },
    );
    children.push(child);
    return child;
  };
  const relay = (...options: string[]) => {
    const where = ['--redis', redis.url, '--prefix', 'test', '--url', server.url, '--app-key', 'APP', '--port', '0'];
    const child = command('relay', ...where, ...options);
    children.push(child);
    return child;
  };
  const status = async (): Promise<FleetStatus> => {
    const child = command('fleet', 'status', '--redis', redis.url, '--prefix', 'test', '--format', 'json');
    await child.exited;
    return JSON.parse(child.output) as FleetStatus;
  };

  /** What the server counted of what a pod accepted: all of it once, in the order of acceptance. */
  function expectCounted({ prefix }: Pod, accepted: readonly number[]): void {
    const missing = accepted.filter((n) => !server.counts.has(`${prefix}-${n % 7}/n${n}`));
    expect({ prefix, missing }).toEqual({ prefix, missing: [] });
    for (const [name, count] of server.counts) expect([name, count]).toEqual([name, 1]);
    for (const [device, numbers] of order) {
      if (device.startsWith(`${prefix}-`))
        expect([device, numbers]).toEqual([device, [...numbers].sort((a, b) => a - b)]);
    }
  }

  it.each(['status', 'flush'])(
    'a process that waits for nothing but its %s gets it, whether it sends or not',
    async (question) => {
      const options = JSON.stringify({ url: server.url, storagePath: join(folder, 'journal') });
      for (const send of [false, true]) {
        const fleet = JSON.stringify({ url: redis.url, prefix: 'test', send });
        const asker = new Child([ASKER, question, options, fleet]);
        children.push(asker);
        expect(await asker.exited).toBe(0);
        expect(asker.lines.map((line) => line.split(' ')[0])).toEqual([question, 'closed']);
      }
    },
    60_000,
  );

  it('a relay sends for pods that do not, tells how it fares, and leaves within a second', async () => {
    const sender = relay();
    const [, address] = await sender.says(/listens on (http\S+)/);
    const one = pod('one', { every: 5 }, { send: false });
    await one.says(/^100$/m);
    expect(await one.end('SIGTERM')).toBe(0);
    const { length } = one.acceptedBefore(0);
    await expect.poll(() => server.total(), DRAINED).toBe(length);
    expectCounted(one, one.acceptedBefore(0));
    const health = await fetch(`${address}/health`);
    expect([health.status, await health.json()]).toEqual([200, { status: 'ok', pending: 0 }]);
    const metrics = await (await fetch(`${address}/metrics`)).text();
    expect(metrics).toContain(`countly_weave_entries_delivered_total{client="fleet"} ${length}`);
    expect((await status()).ledger).toEqual({ accepted: length, delivered: length, pending: 0, dropped: {} });
    const startedAt = performance.now();
    expect(await sender.end('SIGTERM')).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(2000);
    expect((await status()).lanes.filter(({ holder }) => holder !== undefined)).toEqual([]);
  }, 60_000);

  it('another process sends what one had that was killed, and nothing twice', async () => {
    server.script = () => ({ do: 'slow', ms: 100 });
    const victim = pod('victim', { every: 2 });
    await victim.says(/^300$/m);
    const heir = pod('heir');
    await victim.end('SIGKILL');
    await heir.says(/^200$/m);
    await heir.end('SIGTERM');
    const late = relay();
    await expect.poll(async () => (await status()).ledger.pending, DRAINED).toBe(0);
    expectCounted(victim, victim.acceptedBefore(TICKS));
    expectCounted(heir, heir.acceptedBefore(0));
    await late.end('SIGTERM');
  }, 60_000);

  it('a process that is gone with its disk takes at most its last moments along', async () => {
    const disk = join(folder, 'disk');
    const victim = pod('victim', { ...BUSY, storagePath: disk }, { send: false });
    await victim.says(/^1000$/m);
    await victim.end('SIGKILL');
    await rm(disk, { recursive: true, force: true });
    const sender = relay();
    await expect.poll(async () => (await status()).ledger.pending, DRAINED).toBe(0);
    expectCounted(victim, victim.acceptedBefore(TICKS));
    const { ledger } = await status();
    expect(ledger).toEqual({ accepted: server.total(), delivered: server.total(), pending: 0, dropped: {} });
    await sender.end('SIGTERM');
  }, 60_000);

  it('a rolling update loses nothing and counts nothing twice', async () => {
    let pods = [pod('a0'), pod('b0'), pod('c0')];
    const gone: Pod[] = [];
    for (const one of pods) await one.says(/^50$/m);
    for (const generation of [1, 2]) {
      for (const old of pods) {
        const fresh = pod(`${old.prefix[0]}${generation}`);
        await fresh.says(/^20$/m);
        expect(await old.end('SIGTERM')).toBe(0);
        gone.push(old);
        pods = [...pods.filter((one) => one !== old), fresh];
      }
    }
    for (const one of pods) await one.end('SIGTERM');
    const all = [...gone, ...pods];
    for (const one of all) expectCounted(one, one.acceptedBefore(0));
    const accepted = all.reduce((sum, one) => sum + one.acceptedBefore(0).length, 0);
    expect((await status()).ledger).toEqual({ accepted, delivered: accepted, pending: 0, dropped: {} });
  }, 90_000);

  it(
    'pods, relays and Redis are killed at random: nothing is lost, nothing counted twice, the order is kept',
    async () => {
      let generation = 0;
      const dead: Pod[] = [];
      await redis.stop();
      await redis.start('--appendfsync', CHAOS_FSYNC);
      const pods = [0, 1, 2].map((n) => pod(`p${n}x0`, BUSY, { send: n > 0 }));
      let sender = relay();
      const until = Date.now() + CHAOS_MS;
      for (let n = 0; Date.now() < until; n++) {
        await new Promise((resolve) => setTimeout(resolve, 300 + Math.random() * 900));
        // Each of them is met, in an order that nobody plans.
        const victim = n < 5 ? n : Math.floor(Math.random() * 5);
        if (victim < 3) {
          const old = pods[victim] as Pod;
          await old.end('SIGKILL');
          dead.push(old);
          pods[victim] = pod(`p${victim}x${++generation}`, BUSY, { send: victim > 0 });
        } else if (victim === 3) {
          await sender.end('SIGKILL');
          sender = relay();
        } else {
          await redis.stop();
          await new Promise((resolve) => setTimeout(resolve, Math.random() * 500));
          await redis.start('--appendfsync', CHAOS_FSYNC);
        }
      }
      await Promise.all(pods.map((one) => one.says(/^\d+$/m)));
      // The last ones adopt what the dead have on the disk; then all of it is to arrive.
      await Promise.all(pods.map((one) => one.end('SIGTERM')));
      const heir = pod('heir');
      await heir.says(/^200$/m);
      await heir.end('SIGTERM');
      await expect.poll(async () => (await status()).ledger.pending, DRAINED).toBe(0);
      for (const one of dead) expectCounted(one, one.acceptedBefore(TICKS));
      for (const one of pods) expectCounted(one, one.acceptedBefore(0));
      const { ledger } = await status();
      expect(ledger.dropped).toEqual({});
      expect(ledger.delivered).toBe(server.total());
      expect(ledger.accepted).toBe(ledger.delivered);
      expect(dead.length).toBeGreaterThan(2);
    },
    CHAOS_MS + 120_000,
  );
});
