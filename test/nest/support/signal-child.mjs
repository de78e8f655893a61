// A Nest application as a process of its own, over the built package. Prints its URL, and what a signal left undelivered.
import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Countly } from 'countly-weave';
import { CountlyModule, fromHeader } from 'countly-weave/nest';

const { url, platform, hooks } = JSON.parse(process.argv[2]);

class AppController {
  async record() {
    app.get(Countly).current().addEvent('early');
    process.stdout.write('recording\n');
    await new Promise((resolve) => setTimeout(resolve, 200));
    app.get(Countly).current().addEvent('late');
    return 'done';
  }
}
Controller()(AppController);
Get()(AppController.prototype, 'record', Object.getOwnPropertyDescriptor(AppController.prototype, 'record'));

class AppModule {}
Module({
  imports: [
    CountlyModule.forRoot({
      url,
      appKey: 'APP',
      durability: 'memory',
      flushInterval: 60_000,
      deviceId: fromHeader('x-id'),
    }),
  ],
  controllers: [AppController],
})(AppModule);

const options = { logger: ['warn', 'error'] };
const app =
  platform === 'fastify'
    ? await NestFactory.create(AppModule, new FastifyAdapter(), options)
    : await NestFactory.create(AppModule, options);
if (hooks) app.enableShutdownHooks();
await app.listen(0, '127.0.0.1');
process.stdout.write(`listening ${await app.getUrl()}\n`);
