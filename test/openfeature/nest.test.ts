import { Controller, Get } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { OpenFeature } from '@openfeature/server-sdk';
import { afterAll, expect, it } from 'vitest';
import { Countly, silentLogger } from '../../lib/index.js';
import { CountlyProvider } from '../../lib/openfeature/index.js';
import { CountlyModule, fromHeader } from '../../nest/index.js';
import { FlagServer } from './support/server.js';

@Controller()
class Pages {
  @Get()
  show(): Promise<object> {
    return OpenFeature.getClient('nest').getBooleanDetails('boolean-flag', false);
  }
}

const server = new FlagServer();
afterAll(async () => {
  await OpenFeature.close();
  await server.close();
});

it('a flag in a handler is that of the visitor, without a word of whose it is', async () => {
  await server.listen();
  const { url } = server;
  const options = { url, appKey: 'KEY', durability: 'memory', serverSettings: false, logger: silentLogger } as const;
  class App {}
  const module = { module: App, imports: [CountlyModule.forRoot({ ...options, deviceId: fromHeader('x-id') })] };
  const app = await NestFactory.create({ ...module, controllers: [Pages] }, { logger: false });
  await app.listen(0, '127.0.0.1');
  await OpenFeature.setProviderAndWait('nest', new CountlyProvider());
  try {
    const answer = await fetch(await app.getUrl(), { headers: { 'x-id': 'ada' } });
    expect(await answer.json()).toMatchObject({ value: true, reason: 'TARGETING_MATCH' });
    expect(server.asked).toEqual(['rc ada']);
    expect(app.get(Countly).enabled).toBe(true);
  } finally {
    await app.close();
  }
});
