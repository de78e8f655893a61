import {
  type ArgumentsHost,
  applyDecorators,
  Body,
  type CallHandler,
  CanActivate,
  Catch,
  Controller,
  createParamDecorator,
  type ExceptionFilter,
  type ExecutionContext,
  ForbiddenException,
  Get,
  Header,
  Headers,
  HttpCode,
  type INestApplication,
  Injectable,
  Module,
  type NestInterceptor,
  Param,
  ParseIntPipe,
  type PipeTransform,
  Post,
  Query,
  Redirect,
  SetMetadata,
  Sse,
  type Type,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
} from '@nestjs/common';
import { NestFactory, Reflector } from '@nestjs/core';
import { interval, map, Observable, of, take } from 'rxjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Instrument } from '../../../lib/decorators/instrument.js';
import { Segment } from '../../../lib/segmentation/segment.js';
import { metadataOf, oursAt, PLACES, type Place, withRecordingClient } from './twins.js';

const Roles = (...roles: string[]) => SetMetadata('roles', roles);
const Wrapped = Reflector.createDecorator<string>();
const Agent = createParamDecorator((_: unknown, context: ExecutionContext) => {
  return context.switchToHttp().getRequest<{ headers: Record<string, string> }>().headers['x-extra'];
});

/** Without the metadata of the handler nobody may come in: losing it shows. */
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

@Injectable()
class WrapInterceptor implements NestInterceptor {
  readonly #reflector = new Reflector();
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const label = this.#reflector.get(Wrapped, context.getHandler());
    const { name, length } = context.getHandler();
    return next.handle().pipe(map((value: unknown) => ({ label, handler: name, length, value })));
  }
}

@Injectable()
class Trim implements PipeTransform {
  transform(value: unknown): unknown {
    return typeof value === 'object' && value !== null ? { ...value, trimmed: true } : value;
  }
}

class TooMuch extends Error {}
@Catch(TooMuch)
class TooMuchFilter implements ExceptionFilter {
  catch(error: TooMuch, host: ArgumentsHost): void {
    host
      .switchToHttp()
      .getResponse<{ status(code: number): { json(body: object): void } }>()
      .status(418)
      .json({ much: error.message });
  }
}

function controller(place: Place): Type {
  const ours = oursAt(place);
  const segment: ParameterDecorator = place === 'nowhere' ? () => {} : (Segment('id') as ParameterDecorator);

  @Controller('orders')
  @UseGuards(RolesGuard)
  class Orders {
    readonly prefix = 'order';

    @ours('above')
    @Roles('admin')
    @ours('between')
    @Get('one/:id')
    @ours('below')
    one(@segment @Param('id', ParseIntPipe) id: number, @Agent() agent?: string, @Query('q') q?: string): object {
      return { id: `${this.prefix}-${id}`, agent, q };
    }

    @ours('above')
    @Roles('admin')
    @UsePipes(Trim)
    @HttpCode(202)
    @ours('between')
    @Header('x-made-by', 'orders')
    @Post()
    @ours('below')
    async create(@Body() body: { name: string }): Promise<object> {
      if (body.name === 'bad') throw new ForbiddenException('bad name');
      if (body.name === 'much') throw new TooMuch('too much');
      if (body.name === 'broken') throw null;
      return body;
    }

    @ours('above')
    @UseFilters(TooMuchFilter)
    @ours('between')
    @Roles('admin')
    @Get('filtered')
    @ours('below')
    filtered(): never {
      throw new TooMuch('filtered');
    }

    @ours('above')
    @UseInterceptors(WrapInterceptor)
    @Wrapped('label')
    @ours('between')
    @Roles('admin')
    @Get('wrapped')
    @ours('below')
    wrapped(@Headers('x-extra') extra: string): Observable<string> {
      return of(`${extra}!`);
    }

    @ours('above')
    @Sse('stream')
    @ours('between')
    @Roles('admin')
    @ours('below')
    stream(): Observable<{ data: number }> {
      return interval(1).pipe(
        take(3),
        map((data) => ({ data })),
      );
    }

    @applyDecorators(
      ours('above'),
      Roles('admin'),
      Redirect('/elsewhere', 307),
      ours('between'),
      Get('gone'),
      ours('below'),
    )
    gone(): void {}

    @ours('above')
    @Get('open')
    @ours('below')
    withoutRoles(): string {
      return 'nobody sees this';
    }
  }
  return Orders;
}

async function start(
  place: Place,
  onClass: (type: Type) => void = () => {},
): Promise<{ app: INestApplication; url: string; type: Type }> {
  const type = controller(place);
  onClass(type);
  @Module({ controllers: [type] })
  class App {}
  const app = await NestFactory.create(App, { logger: false });
  await app.listen(0, '127.0.0.1');
  return { app, url: await app.getUrl(), type };
}

const post = (name: string): RequestInit => ({ method: 'POST', body: JSON.stringify({ name }) });
const REQUESTS: readonly (readonly [path: string, init?: RequestInit, role?: string])[] = [
  ['one/7?q=x'],
  ['one/seven'],
  ['one/7', {}, 'guest'],
  ['', post('fine')],
  ['', post('bad')],
  ['', post('much')],
  ['', post('broken')],
  ['', post('fine'), 'guest'],
  ['filtered'],
  ['wrapped'],
  ['wrapped', {}, 'guest'],
  ['stream'],
  ['gone', { redirect: 'manual' }],
  ['open'],
];
/** How many of these reach a handler, and how many of those fail. */
const REACHED = 9;
const FAILED = 4;

async function ask(url: string, [path, init = {}, role = 'admin']: (typeof REQUESTS)[number]): Promise<object> {
  const answer = await fetch(`${url}/orders/${path}`, {
    ...init,
    headers: { role, 'x-extra': 'e', 'content-type': 'application/json' },
  });
  const headers = [...answer.headers].filter(([name]) => !['date', 'etag'].includes(name));
  return { status: answer.status, headers, body: await answer.text() };
}

describe('a Nest controller', () => {
  const client = withRecordingClient();
  let bare: Awaited<ReturnType<typeof start>>;
  const expected: object[] = [];
  beforeAll(async () => {
    bare = await start('nowhere');
    for (const request of REQUESTS) expected.push(await ask(bare.url, request));
  });
  afterAll(() => bare.app.close());

  test('is a fair twin: it answers, refuses, fails, redirects and streams', () => {
    expect(expected.map((answer) => (answer as { status: number }).status)).toEqual([
      200, 400, 403, 202, 403, 500, 500, 403, 418, 200, 403, 200, 307, 403,
    ]);
  });

  test.each(PLACES)('answers the same with our decorators %s', async (place) => {
    const { app, url } = await start(place);
    try {
      for (const [i, request] of REQUESTS.entries()) {
        expect({ request, ...(await ask(url, request)) }).toEqual({ request, ...expected[i] });
      }
    } finally {
      await app.close();
    }
    const times = place === 'everywhere' ? 3 : 1;
    expect(client.current.of('event').filter(({ key }) => key === 'called')).toHaveLength(REACHED * times);
    expect(client.current.of('crash')).toHaveLength(FAILED);
  });

  test('answers the same and has the same metadata with @Instrument on the class', async () => {
    const { app, url, type } = await start('nowhere', Instrument({ events: true }));
    try {
      for (const [i, request] of REQUESTS.entries()) expect(await ask(url, request)).toEqual(expected[i]);
    } finally {
      await app.close();
    }
    expect(metadataOf(type)).toEqual(metadataOf(bare.type));
    expect(client.current.of('trace')).toHaveLength(REACHED);
    expect(client.current.of('crash')).toHaveLength(FAILED);
  });

  test.each(PLACES)('has the same metadata with our decorators %s', (place) => {
    expect(metadataOf(controller(place))).toEqual(metadataOf(bare.type));
  });
});
