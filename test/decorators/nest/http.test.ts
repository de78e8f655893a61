import 'reflect-metadata';
import {
  Body,
  CanActivate,
  Controller,
  type ExecutionContext,
  ForbiddenException,
  Get,
  Headers,
  HttpCode,
  type INestApplication,
  Injectable,
  Module,
  Param,
  ParseIntPipe,
  Post,
  SetMetadata,
  Sse,
  UseGuards,
} from '@nestjs/common';
import { NestFactory, Reflector } from '@nestjs/core';
import { interval, map, type Observable, take } from 'rxjs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Instrument } from '../../lib/decorators/instrument.js';
import { ReportErrors } from '../../lib/decorators/report-errors.js';
import { TimedEvent } from '../../lib/decorators/timed-event.js';
import { Trace } from '../../lib/decorators/trace.js';
import { TrackEvent } from '../../lib/decorators/track-event.js';
import { Segment } from '../../lib/segmentation/segment.js';
import { RecordingClient } from '../support/recording-client.js';

const Roles = (...roles: string[]) => SetMetadata('roles', roles);

@Injectable()
class RolesGuard implements CanActivate {
  readonly #reflector = new Reflector();
  canActivate(context: ExecutionContext): boolean {
    const needed = this.#reflector.get<string[] | undefined>('roles', context.getHandler());
    const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string> }>();
    if (needed === undefined) throw new ForbiddenException('no metadata: nobody knows who may come in');
    return needed.includes(headers['role'] ?? '');
  }
}

@Controller('bare')
@UseGuards(RolesGuard)
class Bare {
  @Roles('admin')
  @Get(':id')
  one(@Param('id', ParseIntPipe) id: number, @Headers('x-extra') extra?: string): object {
    return { id, type: typeof id, extra };
  }
  @Post()
  @HttpCode(202)
  @Roles('admin')
  async create(@Body() body: { name: string }): Promise<object> {
    if (body.name === 'bad') throw new ForbiddenException('bad name');
    return body;
  }
  @Roles('admin')
  @Sse('stream/all')
  stream(): Observable<{ data: number }> {
    return interval(1).pipe(
      take(3),
      map((data) => ({ data })),
    );
  }
}

@Controller('above')
@UseGuards(RolesGuard)
class Above {
  @TrackEvent('one')
  @ReportErrors()
  @Roles('admin')
  @Get(':id')
  one(@Segment('id') @Param('id', ParseIntPipe) id: number, @Headers('x-extra') extra?: string): object {
    return { id, type: typeof id, extra };
  }
  @Trace()
  @Post()
  @ReportErrors()
  @HttpCode(202)
  @TimedEvent('create')
  @Roles('admin')
  async create(@Body() body: { name: string }): Promise<object> {
    if (body.name === 'bad') throw new ForbiddenException('bad name');
    return body;
  }
  @TimedEvent('stream')
  @Roles('admin')
  @Sse('stream/all')
  stream(): Observable<{ data: number }> {
    return interval(1).pipe(
      take(3),
      map((data) => ({ data })),
    );
  }
}

@Controller('below')
@UseGuards(RolesGuard)
@Instrument({ events: true })
class Below {
  @Roles('admin')
  @Get(':id')
  @TrackEvent('one')
  @ReportErrors()
  one(@Param('id', ParseIntPipe) id: number, @Headers('x-extra') extra?: string): object {
    return { id, type: typeof id, extra };
  }
  @Post()
  @HttpCode(202)
  @Roles('admin')
  @TimedEvent('create')
  async create(@Body() body: { name: string }): Promise<object> {
    if (body.name === 'bad') throw new ForbiddenException('bad name');
    return body;
  }
  @Roles('admin')
  @Sse('stream/all')
  @TimedEvent('stream')
  stream(): Observable<{ data: number }> {
    return interval(1).pipe(
      take(3),
      map((data) => ({ data })),
    );
  }
}

@Module({ controllers: [Bare, Above, Below] })
class App {}

describe('a Nest controller behaves the same with our decorators above and below the others', () => {
  let app: INestApplication;
  let url = '';
  let client: RecordingClient;
  beforeAll(async () => {
    app = await NestFactory.create(App, { logger: false });
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
  });
  afterAll(() => app.close());
  beforeEach(() => {
    client = new RecordingClient().register();
  });
  afterEach(() => client.unregister());

  const ask = async (path: string, init: RequestInit = {}, role = 'admin') => {
    const answer = await fetch(`${url}${path}`, {
      ...init,
      headers: { role, 'x-extra': 'e', 'content-type': 'application/json', ...init.headers },
    });
    return { status: answer.status, type: answer.headers.get('content-type'), body: await answer.text() };
  };
  const post = (name: string): RequestInit => ({ method: 'POST', body: JSON.stringify({ name }) });

  test.each(['above', 'below'])('%s: guards, pipes, parameters, status codes, errors and streams', async (prefix) => {
    for (const [path, init, role] of [
      ['/7', {}, 'admin'],
      ['/seven', {}, 'admin'],
      ['/7', {}, 'guest'],
      ['', post('fine'), 'admin'],
      ['', post('bad'), 'admin'],
      ['', post('fine'), 'guest'],
      ['/stream/all', {}, 'admin'],
    ] as const) {
      expect(await ask(`/${prefix}${path}`, init, role)).toEqual(await ask(`/bare${path}`, init, role));
    }
    expect(client.of('event').map(({ key }) => key)).toEqual(['one', 'create', 'stream']);
    expect(client.of('crash')).toHaveLength(1);
  });

  test.each([Above, Below])('the metadata of %o is that of the bare twin', (Decorated) => {
    for (const method of ['one', 'create', 'stream'] as const) {
      const twin = Bare.prototype[method];
      const woven = Decorated.prototype[method];
      const ours = (key: unknown) => typeof key !== 'symbol';
      const keys = (Reflect.getMetadataKeys(twin) as unknown[]).filter(ours);
      expect((Reflect.getMetadataKeys(woven) as unknown[]).filter(ours).sort()).toEqual(keys.sort());
      for (const key of keys) expect(Reflect.getMetadata(key, woven)).toEqual(Reflect.getMetadata(key, twin));
      for (const key of ['design:paramtypes', 'design:returntype']) {
        expect(Reflect.getMetadata(key, Decorated.prototype, method)).toEqual(
          Reflect.getMetadata(key, Bare.prototype, method),
        );
      }
      expect([woven.name, woven.length]).toEqual([twin.name, twin.length]);
    }
  });
});
