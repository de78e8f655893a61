import { createHook } from 'node:async_hooks';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BullModule, InjectQueue, Processor, WorkerHost } from '@nestjs/bullmq';
import { type DynamicModule, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import type { Queue } from 'bullmq';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Countly, silentLogger, TrackEvent } from '../../lib/index.js';
import { CountlyModule, type CountlyModuleOptions } from '../../nest/index.js';
import { ShutdownOrder } from '../../nest/shutdown-order.js';
import { noRedis, Redis } from '../support/redis.js';
import { Collector } from './support/collector.js';
import { closeAppsAfterEach, quiet, start } from './support/platforms.js';

/** A timer of Node, and whether it is over. */
interface HeldTimer {
  hasRef(): boolean;
  readonly _destroyed: boolean;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Like modules of queues: finishes its work in the last of all hooks. */
@Injectable()
class Worker implements OnApplicationShutdown {
  constructor(private readonly countly: Countly) {}

  async onApplicationShutdown(): Promise<void> {
    await pause(30);
    this.countly.addEvent('last job');
  }
}

function workerModule(global: boolean): DynamicModule {
  @Module({ providers: [Worker] })
  class WorkerModule implements OnApplicationShutdown {
    constructor(private readonly countly: Countly) {}

    async onApplicationShutdown(): Promise<void> {
      await pause(10);
      this.countly.addEvent('module');
    }
  }
  return { module: WorkerModule, global };
}

describe('what others do in their shutdown hooks', () => {
  closeAppsAfterEach();

  it.each([
    ['a global module before us', true, 'before'],
    ['a global module after us', true, 'after'],
    ['a module before us', false, 'before'],
    ['a module after us', false, 'after'],
  ])('is still recorded and delivered: %s', async (_what, global, place) => {
    const collector = new Collector();
    const other = workerModule(global);
    const ours = CountlyModule.forRoot(quiet(collector, { flushInterval: 60_000 }));
    const imports = place === 'before' ? [other, ours] : [ours, other];
    @Module({ imports, providers: [Worker] })
    class App {}
    const { app } = await start('express', { imports: [App] }, collector);
    await app.close();
    const { 'the-process': events } = collector.events();
    expect(events?.sort()).toEqual(['last job', 'last job', 'module']);
  });

  it('is waited for in both orders that Nest has had', async () => {
    for (const globalFirst of [true, false]) {
      const order = new ShutdownOrder(new ModulesContainer());
      const closed: string[] = [];
      const ours = () => order.reached(async () => void closed.push('closed'));
      const calls = [ours, async () => void closed.push('other'), () => order.reachedNearEnd()];
      for (const call of globalFirst ? calls : calls.reverse()) await call();
      expect(closed).toEqual(['other', 'closed']);
    }
  });
});

@Processor('packing')
class Packing extends WorkerHost {
  static started: (() => void) | undefined;

  @TrackEvent('packed')
  async process(): Promise<void> {
    Packing.started?.();
    await pause(200);
  }
}

@Injectable()
class Orders {
  constructor(@InjectQueue('packing') readonly queue: Queue) {}
}

describe.skipIf(noRedis)('a job that runs while the application closes', () => {
  closeAppsAfterEach();
  const redis = new Redis();
  beforeAll(() => redis.start());
  afterAll(() => redis.stop());

  it.each(['before', 'after'])('is recorded with CountlyModule imported %s BullModule', async (place) => {
    const collector = new Collector();
    const bull = BullModule.forRoot({ connection: { host: redis.host, port: redis.port } });
    const ours = CountlyModule.forRoot(quiet(collector, { flushInterval: 60_000 }));
    const imports = [
      ...(place === 'before' ? [ours, bull] : [bull, ours]),
      BullModule.registerQueue({ name: 'packing' }),
    ];
    const { app } = await start('express', { imports, providers: [Packing, Orders] }, collector);
    const started = new Promise<void>((resolve) => {
      Packing.started = resolve;
    });
    await app.get(Orders).queue.add('pack', {});
    await started;
    await app.close();
    expect(collector.events()).toEqual({ 'the-process': ['packed'] });
  });
});

describe('a server that cannot be delivered to', () => {
  let folder: string;
  let server: Server;
  let url: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'countly-nest-'));
    server = createServer(() => {}).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterEach(async () => {
    server.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function closing(options: CountlyModuleOptions) {
    const warn = vi.fn();
    const logger = { ...silentLogger, warn };
    const module = await Test.createTestingModule({
      imports: [CountlyModule.forRoot({ url, appKey: 'key', storagePath: folder, logger, ...options })],
    }).compile();
    const app = module.createNestApplication({ logger: false });
    await app.listen(0, '127.0.0.1');
    app.get(Countly).addEvent('order');
    await pause(50);
    const timers = new Map<number, HeldTimer>();
    const hook = createHook({
      init: (id, type, _trigger, resource) => type === 'Timeout' && timers.set(id, resource as HeldTimer),
      destroy: (id) => timers.delete(id),
    }).enable();
    const before = performance.now();
    await app.close();
    const took = performance.now() - before;
    await pause(20);
    hook.disable();
    const left = [...timers.values()].filter((timer) => timer.hasRef() && !timer._destroyed);
    return { took, left, said: warn.mock.calls.flat().join('\n') };
  }

  it('is not waited for when it refuses connections and the journal holds everything', async () => {
    server.close();
    const { took, left, said } = await closing({});
    expect(took).toBeLessThan(1500);
    expect(left).toEqual([]);
    expect(said).toContain('1 entry was not delivered before the shutdown: the journal keeps what is left');
  });

  it('is not waited for when its name is unknown', async () => {
    expect((await closing({ url: 'http://countly.invalid', proxy: false })).took).toBeLessThan(2500);
  });

  it('is waited for less than a hook of a test runner may take, when it does not answer', async () => {
    const { took, left } = await closing({});
    expect(took).toBeGreaterThan(2000);
    expect(took).toBeLessThan(4500);
    expect(left).toEqual([]);
  });

  it('is waited for as long as the application says', async () => {
    expect((await closing({ shutdownTimeout: 300 })).took).toBeLessThan(1500);
  });

  it('is tried to the end when nothing would be left otherwise', async () => {
    server.close();
    const { took, said } = await closing({ durability: 'memory', shutdownTimeout: 1200 });
    expect(took).toBeGreaterThan(1000);
    expect(said).toContain('that is lost');
  });

  it('delivers with the next start', async () => {
    await closing({ shutdownTimeout: 100 });
    const collector = new Collector();
    const module = await Test.createTestingModule({
      imports: [
        CountlyModule.forRoot({ url, appKey: 'key', storagePath: folder, logger: silentLogger, transport: collector }),
      ],
    }).compile();
    await module.init();
    await vi.waitFor(async () => {
      await module.get(Countly).flush();
      expect(collector.of('event').map(({ name }) => name)).toEqual(['order']);
    });
    await module.close();
  });
});
