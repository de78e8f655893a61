import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { Controller, Get, Res } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { CountlyModule, fromHeader } from '../../nest/index.js';
import { AnswerEnd } from '../../nest/scope/answer-end.js';
import { Collector } from './support/collector.js';
import { closeAppsAfterEach, PLATFORMS, type Platform, quiet, start } from './support/platforms.js';

/** Ends what is streamed. */
let endStream = () => {};

@Controller()
class Pages {
  @Get('page')
  page(): string {
    return 'page';
  }

  @Get('broken')
  async broken(): Promise<void> {
    await Promise.resolve();
    throw new Error('broken');
  }

  @Get('stream')
  stream(@Res() reply: ServerResponse | { raw: ServerResponse; hijack(): void }): void {
    if ('hijack' in reply) reply.hijack();
    const response = 'raw' in reply ? reply.raw : reply;
    response.write('first');
    endStream = () => response.end('last');
  }
}

/** What a server's response leaves out: as responses of adapters for serverless platforms do. */
function mute(response: ServerResponse, ...events: readonly string[]): void {
  const { emit } = response;
  response.emit = (event: string, ...args: unknown[]) =>
    events.includes(event) ? false : emit.call(response, event, ...args);
}

async function boot(platform: Platform, ...muted: readonly string[]) {
  const collector = new Collector();
  const running = await start(
    platform,
    {
      imports: [CountlyModule.forRoot(quiet(collector, { deviceId: fromHeader('x-id'), networkTraces: true }))],
      controllers: [Pages],
    },
    collector,
    (app) => {
      const server = app.getHttpServer() as EventEmitter;
      server.prependListener('request', (_request, response: ServerResponse) => mute(response, ...muted));
    },
  );
  const ask = async (path: string) => (await fetch(`${running.url}/${path}`, { headers: { 'x-id': 'ada' } })).text();
  const told = async () => {
    await new Promise((resolve) => setTimeout(resolve, 30));
    await running.countly.flush();
    return collector.seen.filter(({ kind }) => kind === 'apm' || kind === 'crash').map(({ name }) => name);
  };
  return { url: running.url, ask, told };
}

describe.each(PLATFORMS)('the end of an answer on %s', (platform) => {
  closeAppsAfterEach();

  it.each([
    ['with all it says', []],
    ['that never closes', ['close']],
    ['that never finishes', ['finish']],
  ])('%s is told once', async (_what, muted) => {
    const { ask, told } = await boot(platform, ...muted);
    await ask('page');
    await ask('broken');
    expect((await told()).sort()).toEqual(['Error: broken', 'GET /broken', 'GET /page']);
  });

  it('waits for what is streamed after the handler', async () => {
    const { url, told } = await boot(platform);
    const { body } = await fetch(`${url}/stream`, { headers: { 'x-id': 'ada' } });
    expect(await told()).toEqual([]);
    endStream();
    await new Response(body).text();
    expect(await told()).toEqual(['GET /stream']);
  });
});

describe('the end of an answer that says nothing at all', () => {
  closeAppsAfterEach();

  it('is that of its handler', async () => {
    const { ask, told } = await boot('express', 'close', 'finish');
    await ask('page');
    await ask('broken');
    expect((await told()).sort()).toEqual(['Error: broken', 'GET /broken', 'GET /page']);
  });
});

describe('AnswerEnd', () => {
  const ends = (response: object, isNew = true) => {
    const end = new AnswerEnd(response, isNew);
    let told = 0;
    end.whenOver(() => told++);
    return { end, told: () => told };
  };

  it('is told once, whatever comes', () => {
    const response = Object.assign(new EventEmitter(), { writableEnded: true });
    const { end, told } = ends(response);
    expect(told()).toBe(0);
    response.emit('finish');
    response.emit('close');
    end.handled();
    expect(told()).toBe(1);
  });

  it.each([
    ['has no events', {}],
    [
      'throws when it is listened to',
      {
        on: () => {
          throw new Error('no');
        },
      },
    ],
    ['has ended', { writableEnded: true }],
  ])('comes with the handler where the response %s', (_what, response) => {
    const { end, told } = ends(response);
    end.handled();
    expect(told()).toBe(1);
  });

  it.each([
    ['still streams', { writableEnded: false }],
    ['still sends', { writableEnded: true, writableFinished: false }],
  ])('does not come with the handler where the response %s', (_what, response) => {
    const { end, told } = ends(response);
    end.handled();
    expect(told()).toBe(0);
  });

  it.each([{ closed: true }, { writableFinished: true }])('may have been before: %j', (response) => {
    expect(ends(response, false).told()).toBe(1);
  });
});
