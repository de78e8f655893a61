import 'reflect-metadata';
import { pause, startMeter } from '../support/meter.mjs';
import { loadWeb } from '../web/index.mjs';

/** A NestJS application under load from another process. */
export default async function webApp({ variant, platform, seconds, url, folder }, sink) {
  await sink.reset();
  const watch = await loadWeb(variant, { url, folder });
  const counter = { served: 0, first: 0, last: 0 };
  const app = await createApp(watch, platform, counter);
  await app.listen(0, '127.0.0.1');
  const target = `${await app.getUrl()}/items/17`;
  await sink.load({ target, seconds });

  // Without a pause: what the warm-up left to be sent is as much as what this will leave, so all work is in the figures.
  const stop = startMeter({ loop: true });
  const warmUp = counter.served;
  counter.first = undefined;
  const { p99, errors } = await sink.load({ target, seconds });
  const { cpuMs, loopP99Ms } = stop();
  const { served: all, first, last } = counter;
  const served = all - warmUp;
  await Promise.race([watch.flush?.(app), pause(3000)]);
  await pause(1500);
  const { distinct, duplicates } = await sink.count();
  return {
    perSecond: (1000 * served) / (last - first),
    p99,
    errors,
    cpuUs: (cpuMs * 1000) / served,
    loopP99Ms,
    duplicates,
    delivered: variant.perRequest > 0 ? (100 * distinct) / (all * variant.perRequest) : undefined,
  };
}

async function createApp(watch, platform, counter) {
  const { Controller, Get, Module, Param } = await import('@nestjs/common');
  const { NestFactory } = await import('@nestjs/core');
  class Items {
    find(id) {
      counter.last = performance.now();
      counter.first ??= counter.last;
      counter.served++;
      watch.onRequest?.(counter.served);
      return { id, name: 'a thing', price: 12.5 };
    }
  }
  // Decorators by hand, so that no compiler is needed.
  const descriptor = Object.getOwnPropertyDescriptor(Items.prototype, 'find');
  for (const decorator of watch.decorators ?? []) decorator(Items.prototype, 'find', descriptor);
  Object.defineProperty(Items.prototype, 'find', descriptor);
  Get(':id')(Items.prototype, 'find', descriptor);
  Param('id')(Items.prototype, 'find', 0);
  Controller('items')(Items);
  class App {}
  Module({ imports: watch.imports ?? [], controllers: [Items] })(App);
  return NestFactory.create(App, await adapter(platform), { logger: ['error'] });
}

async function adapter(platform) {
  if (platform === 'fastify') {
    const { FastifyAdapter } = await import('@nestjs/platform-fastify');
    return new FastifyAdapter();
  }
  const { ExpressAdapter } = await import('@nestjs/platform-express');
  return new ExpressAdapter();
}
