import type { CallHandler, ExecutionContext, NestInterceptor, PipeTransform } from '@nestjs/common';
import {
  Body,
  type CanActivate,
  Controller,
  Get,
  Injectable,
  type MiddlewareConsumer,
  Module,
  type NestMiddleware,
  type NestModule,
  Param,
  Post,
  Req,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { contextScope } from '../../lib/internal.js';
import { CountlyDeviceId, CountlyModule, CurrentScope, fromCookie, fromHeader } from '../../nest/index.js';
import { Collector } from './support/collector.js';
import { closeAppsAfterEach, PLATFORMS, quiet, start } from './support/platforms.js';

const note = (where: string): void => contextScope()?.addEvent(where);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

@Injectable()
class NotingGuard implements CanActivate {
  canActivate(): boolean {
    note('guard');
    return true;
  }
}

@Injectable()
class NotingInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler) {
    note('interceptor');
    return next.handle();
  }
}

@Injectable()
class NotingPipe implements PipeTransform {
  transform(value: unknown) {
    note('pipe');
    return value;
  }
}

@Injectable()
class NotingMiddleware implements NestMiddleware {
  use(_request: unknown, _response: unknown, next: () => void): void {
    note('middleware');
    next();
  }
}

@Controller()
class StoryController {
  @Post('story/:id')
  @UseGuards(NotingGuard)
  @UseInterceptors(NotingInterceptor)
  async story(@Param('id', NotingPipe) id: string, @Body() body: { wait?: number }) {
    note('handler');
    await pause(body.wait ?? 1);
    note('later');
    return { id, deviceId: contextScope()?.deviceId };
  }

  @Get('who')
  async who(@CountlyDeviceId() deviceId: string | undefined, @CurrentScope() scope: { deviceId: string } | undefined) {
    await pause(Math.random() * 10);
    return { deviceId, scope: scope?.deviceId, now: contextScope()?.deviceId };
  }

  @Get('own')
  own(@Req() request: { raw?: object }) {
    const marks = [request, request.raw ?? request].flatMap((each) => Object.getOwnPropertySymbols(each));
    return marks.map(String).filter((name) => name.includes('countly'));
  }
}

describe.each(PLATFORMS)('HTTP scope on %s', (platform) => {
  closeAppsAfterEach();

  it('survives from middleware to the end of the handler', async () => {
    const collector = new Collector();
    @Module({
      imports: [CountlyModule.forRoot(quiet(collector, { deviceId: fromHeader('X-Device-Id') }))],
      controllers: [StoryController],
    })
    class App implements NestModule {
      configure(consumer: MiddlewareConsumer): void {
        consumer.apply(NotingMiddleware).forRoutes(StoryController);
      }
    }
    const { url, events } = await start(platform, { imports: [App] }, collector);
    const answer = await fetch(`${url}/story/7`, {
      method: 'POST',
      headers: { 'x-device-id': 'ada', 'content-type': 'application/json' },
      body: JSON.stringify({ wait: 5 }),
    });
    expect(await answer.json()).toEqual({ id: '7', deviceId: 'ada' });
    expect(await events()).toEqual({
      ada: ['middleware', 'guard', 'interceptor', 'pipe', 'handler', 'later'],
    });
  });

  it('never shows a request the device of another', async () => {
    const collector = new Collector();
    const { url } = await start(
      platform,
      {
        imports: [
          CountlyModule.forRoot(quiet(collector, { deviceId: [fromHeader('x-device'), fromCookie('visitor')] })),
        ],
        controllers: [StoryController],
      },
      collector,
    );
    const ids = Array.from({ length: 100 }, (_, i) => `visitor-${i}`);
    const answers = await Promise.all(
      ids.map(async (id, i) => {
        const headers: Record<string, string> =
          i % 2 === 0 ? { 'x-device': id } : { cookie: `a=b; visitor=${id}; z=1` };
        return (await fetch(`${url}/who`, { headers })).json();
      }),
    );
    expect(answers).toEqual(ids.map((id) => ({ deviceId: id, scope: id, now: id })));
  });

  it('puts nothing on the request itself, which costs Express microseconds on Node before 24', async () => {
    const collector = new Collector();
    const imports = [CountlyModule.forRoot(quiet(collector))];
    const { url } = await start(platform, { imports, controllers: [StoryController] }, collector);
    expect(await (await fetch(`${url}/own`)).json()).toEqual([]);
  });
});
