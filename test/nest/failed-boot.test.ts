import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Injectable } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { Countly, TrackEvent } from '../../lib/index.js';
import { registeredClient } from '../../lib/internal.js';
import { CountlyModule, getCountlyToken } from '../../nest/index.js';
import { Collector } from './support/collector.js';
import { quiet } from './support/platforms.js';

@Injectable()
class Shop {
  @TrackEvent('sold')
  sell(): void {}
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Boots an application whose database is there, or not. */
function boot(collector: Collector, database: 'up' | 'down', how: 'constructor' | 'hook' = 'constructor') {
  class Database {
    constructor() {
      if (database === 'down' && how === 'constructor') throw new Error('no database');
    }
    onModuleInit(): void {
      if (database === 'down') throw new Error('no database');
    }
  }
  Injectable()(Database);
  class App {}
  Reflect.defineMetadata('imports', [CountlyModule.forRoot({ ...quiet(collector), name: 'shop' })], App);
  Reflect.defineMetadata('providers', [Shop, Database], App);
  return NestFactory.createApplicationContext(App, { logger: false, abortOnError: false });
}

describe('a boot that fails', () => {
  afterEach(async () => {
    await (registeredClient('shop') as Countly | undefined)?.close();
  });

  it.each(['constructor', 'hook'] as const)('in a %s leaves the name to the next try', async (how) => {
    const [first, second] = [new Collector(), new Collector()];
    await expect(boot(first, 'down', how)).rejects.toThrow('no database');
    const app = await boot(second, 'up');
    const client = registeredClient('shop') as Countly;
    client.addEvent('one');
    await app.close();
    expect([first.events(), second.events()]).toEqual([{}, { 'the-process': ['one'] }]);
    expect(registeredClient('shop')).toBeUndefined();
  });

  it('is left by no client once nothing refers to it', async () => {
    let failed = 0;
    const fail = () => void failed++;
    // Not by `expect`, which keeps what it was given.
    for (let attempt = 0; attempt < 3; attempt++) await boot(new Collector(), 'down').catch(fail);
    expect(failed).toBe(3);
    for (let turn = 0; turn < 50 && registeredClient('shop') !== undefined; turn++) {
      collect();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(registeredClient('shop')).toBeUndefined();
  });

  it('is not taken for one that goes on at the same time', async () => {
    const [first, second] = [new Collector(), new Collector()];
    const apps = await Promise.all([boot(first, 'up'), boot(second, 'up')]);
    for (const app of apps) app.get<Countly>(getCountlyToken('shop'), { strict: false }).addEvent('one');
    for (const app of apps) {
      expect(registeredClient('shop')).toBeDefined();
      await app.close();
    }
    expect([first.events(), second.events()]).toEqual([{ 'the-process': ['one'] }, { 'the-process': ['one'] }]);
    expect(registeredClient('shop')).toBeUndefined();
  });

  it('is not taken for one that nobody refers to any more', async () => {
    const collector = new Collector();
    await Test.createTestingModule({ imports: [CountlyModule.forRoot({ ...quiet(collector), name: 'shop' })] })
      .compile()
      .then((module) => void module.init());
    for (let turn = 0; turn < 10; turn++) {
      collect();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const client = registeredClient('shop') as Countly;
    client.addEvent('one');
    expect(await client.flush()).toMatchObject({ delivered: 1 });
  });
});
