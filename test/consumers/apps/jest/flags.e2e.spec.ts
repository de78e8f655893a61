import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Controller, Get, type INestApplication, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  BooleanFeatureFlag,
  type EvaluationDetails,
  OpenFeatureModule,
  RequireFlagsEnabled,
  StringFeatureFlag,
} from '@openfeature/nestjs-sdk';
import { OpenFeature } from '@openfeature/server-sdk';
import { silentLogger as logger, ReportErrors, TrackEvent } from 'countly-weave';
import { CountlyModule, fromHeader, RemoteConfig, RequireRemoteConfig } from 'countly-weave/nest';
import { CountlyProvider } from 'countly-weave/openfeature';
import { from, type Observable } from 'rxjs';
import { map } from 'rxjs/operators';
import request from 'supertest';

@Controller()
class PagesController {
  @Get('label')
  label(
    @BooleanFeatureFlag({ flagKey: 'express', defaultValue: false }) express: Observable<EvaluationDetails<boolean>>,
    @StringFeatureFlag({ flagKey: 'missing', defaultValue: 'none' }) missing: Observable<EvaluationDetails<string>>,
    @RemoteConfig('label', 'Buy') label: string,
  ): Observable<object> {
    void missing;
    return from(express).pipe(map(({ value, reason }) => ({ value, reason, label })));
  }

  @Get('open')
  @RequireFlagsEnabled({ flags: [{ flagKey: 'express' }] })
  open(): string {
    return 'open';
  }

  @Get('beta')
  @RequireRemoteConfig('beta')
  @TrackEvent('beta_seen')
  @ReportErrors()
  beta(@RemoteConfig('size', 1) size: number): string {
    return String(size);
  }
}

/** Countly's remote config: `vip` sees more than others. */
let server: Server;
let asked: string[];
let app: INestApplication;

beforeEach(async () => {
  asked = [];
  server = createServer((incoming, response) => {
    let body = '';
    incoming.on('data', (part: Buffer) => {
      body += part.toString();
    });
    incoming.on('end', () => {
      const form = new URLSearchParams(body);
      const isVip = form.get('device_id') === 'vip';
      if (form.get('method') === 'rc') asked.push(String(form.get('device_id')));
      response.setHeader('content-type', 'application/json');
      const flags = { express: isVip, beta: isVip, size: 3, label: isVip ? 'At once' : 'Order' };
      response.end(JSON.stringify(incoming.url?.startsWith('/o/sdk') ? flags : { result: 'Success' }));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  @Module({
    imports: [
      CountlyModule.forRoot({
        url,
        appKey: 'shop',
        deviceId: fromHeader('x-visitor-id'),
        durability: 'memory',
        logger,
      }),
      OpenFeatureModule.forRoot({ defaultProvider: new CountlyProvider() }),
    ],
    controllers: [PagesController],
  })
  class AppModule {}
  app = (await Test.createTestingModule({ imports: [AppModule] }).compile()).createNestApplication({ logger: false });
  await app.init();
});

afterEach(async () => {
  await app.close();
  await OpenFeature.close();
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

const ask = (path: string, visitor: string) => request(app.getHttpServer()).get(path).set('x-visitor-id', visitor);

it('OpenFeature’s decorators see the flags of whoever asks', async () => {
  await ask('/label', 'ada').expect(200, { value: false, reason: 'TARGETING_MATCH', label: 'Order' });
  await ask('/label', 'vip').expect(200, { value: true, reason: 'TARGETING_MATCH', label: 'At once' });
  expect(new Set(asked)).toEqual(new Set(['ada', 'vip']));
});

it('its guard lets in who has the flag, as that of Countly does', async () => {
  await ask('/open', 'vip').expect(200, 'open');
  await ask('/open', 'ada').expect(404);
  await ask('/beta', 'vip').expect(200, '3');
  await ask('/beta', 'ada').expect(403);
});
