import type { INestApplication, ModuleMetadata } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { afterEach } from 'vitest';
import { Countly, silentLogger } from '../../../lib/index.js';
import type { CountlyModuleOptions } from '../../../nest/index.js';
import { Collector } from './collector.js';

export type Platform = 'express' | 'fastify';
export const PLATFORMS: readonly Platform[] = ['express', 'fastify'];

/** A running application and what it sent. */
export interface Running {
  readonly app: INestApplication;
  readonly url: string;
  readonly countly: Countly;
  readonly collector: Collector;
  /** Delivers, then gives the event keys by device. */
  events(): Promise<Record<string, string[]>>;
}

const running: INestApplication[] = [];

/** Closes what a test left open. */
export function closeAppsAfterEach(): void {
  afterEach(async () => {
    await Promise.all(running.splice(0).map((app) => app.close()));
  });
}

/** Options every test starts from: nothing on disk, nothing on the console. */
export function quiet(collector: Collector, options: CountlyModuleOptions = {}): CountlyModuleOptions {
  return {
    appKey: 'key',
    transport: collector,
    durability: 'memory',
    flushInterval: 5,
    logger: silentLogger,
    processDeviceId: 'the-process',
    ...options,
  };
}

/** Boots an application on a free port of the loopback interface. */
export async function start(
  platform: Platform,
  metadata: ModuleMetadata,
  collector: Collector,
  prepare: (app: INestApplication) => void = () => {},
): Promise<Running> {
  const builder = await Test.createTestingModule(metadata).compile();
  const adapter = platform === 'express' ? new ExpressAdapter() : new FastifyAdapter();
  const app = builder.createNestApplication<NestFastifyApplication>(adapter as FastifyAdapter, { logger: false });
  prepare(app);
  await app.listen(0, '127.0.0.1');
  running.push(app);
  const countly = countlyOf(app);
  return {
    app,
    url: await app.getUrl(),
    countly,
    collector,
    async events() {
      await countly.flush();
      return collector.events();
    },
  };
}

/** The client, or for an application without the module one that records nothing. */
function countlyOf(app: INestApplication): Countly {
  try {
    return app.get(Countly);
  } catch {
    return new Countly({ url: 'http://127.0.0.1:1', disabled: true });
  }
}
