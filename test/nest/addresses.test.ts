import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BadRequestException, Controller, Get, Param, Query, Req } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { describe, expect, it } from 'vitest';
import { Countly } from '../../lib/index.js';
import { CountlyModule, fromHeader } from '../../nest/index.js';
import { Collector } from './support/collector.js';
import { closeAppsAfterEach, PLATFORMS, type Platform, quiet, start } from './support/platforms.js';

const SECRET = 's3cr3t';

@Controller('users')
class Users {
  @Get(':mail/orders')
  orders(@Req() { url }: { url: string }): never {
    throw new Error(`Nothing at ${url}`);
  }

  @Get(':mail/cause')
  cause(@Req() { url }: { url: string }): never {
    throw new Error('outer', { cause: new Error(`GET http://shop.example${url} failed`) });
  }

  @Get(':mail/several')
  several(@Req() { url }: { url: string }): never {
    throw new AggregateError([new Error(`first ${url}`)], 'several');
  }

  @Get(':mail/text')
  text(@Req() { url }: { url: string }): never {
    throw `bad address: ${url}`;
  }

  @Get(':mail/object')
  object(@Req() { url }: { url: string }): never {
    throw { code: 7, at: url };
  }

  @Get(':mail/decoded')
  decoded(@Req() { url }: { url: string }, @Param('mail') _mail: string): never {
    throw new BadRequestException(decodeURIComponent(url.split('?')[0] ?? ''));
  }

  @Get('query')
  query(@Query() query: Record<string, string>): never {
    throw new Error(`Cannot read ${new URLSearchParams(query).toString()}`);
  }

  @Get('plain')
  plain(): never {
    throw new TypeError('plain /users/plainly');
  }
}

const PATHS = [
  `no/such?token=${SECRET}`,
  `no/such/${SECRET}`,
  `users/${SECRET}%40example.org/orders?token=${SECRET}`,
  ...['cause', 'several', 'text', 'object', 'decoded'].map(
    (name) => `users/${SECRET}%40example.org/${name}?a=${SECRET}`,
  ),
  `users/query?token=${SECRET}`,
  `%7B${SECRET}%7D?x=${SECRET}`,
];

async function boot(platform: Platform) {
  const collector = new Collector();
  const running = await start(
    platform,
    {
      imports: [
        CountlyModule.forRoot(
          quiet(collector, {
            deviceId: fromHeader('x-id'),
            errors: { minStatus: 400 },
            networkTraces: true,
            views: true,
          }),
        ),
      ],
      controllers: [Users],
    },
    collector,
  );
  const ask = (path: string) => fetch(`${running.url}/${path}`, { headers: { 'x-id': 'ada' } });
  const crashes = async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    await running.countly.flush();
    return collector.of('crash');
  };
  return { ...running, ask, crashes };
}

describe.each(PLATFORMS)('the address of a request on %s', (platform) => {
  closeAppsAfterEach();

  it('never leaves the process, whatever an error says of it', async () => {
    const { ask, crashes, collector } = await boot(platform);
    for (const path of PATHS) await (await ask(path)).text();
    expect((await crashes()).length).toBe(PATHS.length);
    expect(JSON.stringify(collector.seen)).not.toContain(SECRET);
  });

  it('is told by the template of its route', async () => {
    const { ask, crashes } = await boot(platform);
    await ask(PATHS[0] ?? '');
    await ask(PATHS[2] ?? '');
    expect((await crashes()).map(({ name }) => name)).toEqual([
      'NotFoundException: Cannot GET (no route)',
      'Error: Nothing at /users/:mail/orders',
    ]);
  });

  it('changes nothing of errors that do not name it', async () => {
    const { ask, crashes } = await boot(platform);
    await ask('users/plain');
    const [crash] = await crashes();
    expect(crash?.name).toBe('TypeError: plain /users/plainly');
    expect(crash?.body['_error']).toContain('addresses.test');
  });
});

describe('an application that is mounted into another', () => {
  it('has the path in its names that it was mounted with, not the one that came', async () => {
    const collector = new Collector();
    const module = await Test.createTestingModule({
      imports: [CountlyModule.forRoot(quiet(collector, { errors: { minStatus: 400 }, networkTraces: true }))],
      controllers: [Users],
    }).compile();
    const inner = new ExpressAdapter();
    const app = module.createNestApplication(inner, { logger: false });
    await app.init();
    const outer = new ExpressAdapter();
    outer.use('/tenants/:tenant', inner.getInstance());
    const server = createServer(outer.getInstance()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await (await fetch(`http://127.0.0.1:${port}/tenants/${SECRET}/users/plain`)).text();
    await new Promise((resolve) => setTimeout(resolve, 20));
    await app.get(Countly).flush();
    expect(collector.of('apm').map(({ name }) => name)).toEqual(['GET /tenants/:tenant/users/plain']);
    expect(collector.of('crash')).toHaveLength(1);
    expect(JSON.stringify(collector.seen)).not.toContain(SECRET);
    await app.close();
    server.close();
  });
});
