import 'reflect-metadata';
import { cpuNow, pause } from '../support/meter.mjs';
import { loadWeb } from '../web/index.mjs';

/** A NestJS application under load from another process. */
export default async function webApp({ variant, platform, warmUp, seconds, url, folder }, sink) {
  await sink.reset();
  const watch = await loadWeb(variant, { url, folder });
  const counter = { served: 0 };
  const app = await createApp(watch, platform, counter);
  await app.listen(0, '127.0.0.1');
  const origin = await app.getUrl();
  // Without a pause behind the warm-up: what that left to be sent is as much as what the rest will leave.
  const result = await sink.load({ origin, warmUp, seconds });
  await Promise.race([watch.flush?.(app), pause(3000)]);
  await pause(1500);
  const { distinct, duplicates } = await sink.count();
  return {
    ...result,
    duplicates,
    delivered: variant.perRequest > 0 ? (100 * distinct) / (counter.served * variant.perRequest) : undefined,
  };
}

async function createApp(watch, platform, counter) {
  const { Controller, Get, Module, Param } = await import('@nestjs/common');
  const { NestFactory } = await import('@nestjs/core');
  class Items {
    find(id) {
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
  const app = await NestFactory.create(App, await adapter(platform), { logger: ['error'] });
  // Not a route of Nest's; asked once a second, so what watches it on Fastify does not show.
  const meter = () => ({ cpuUs: cpuNow(), served: counter.served });
  const server = app.getHttpAdapter().getInstance();
  if (platform === 'express') server.get('/meter', (_request, response) => response.json(meter()));
  else server.get('/meter', async () => meter());
  return app;
}

async function adapter(platform) {
  if (platform === 'fastify') {
    const { FastifyAdapter } = await import('@nestjs/platform-fastify');
    return new FastifyAdapter();
  }
  const { ExpressAdapter } = await import('@nestjs/platform-express');
  return new ExpressAdapter();
}
