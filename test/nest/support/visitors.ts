import type { INestApplication, Type } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { afterEach } from 'vitest';
import { type CountlyOptions, silentLogger } from '../../../lib/index.js';
import { createTestClient, type LogicalRequest, type TestClient } from '../../../lib/testing/index.js';
import { CountlyModule, type CountlyModuleOptions, getCountlyToken } from '../../../nest/index.js';
import type { Platform } from './platforms.js';

export const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36';

/** An application on a virtual clock, and what its visitors' sessions were told to be. */
export interface Visited extends TestClient {
  readonly app: INestApplication;
  /** Sends a request, as a browser of Windows unless the headers say otherwise; gives the cookies of the answer. */
  ask(path: string, headers?: Record<string, string>, method?: string): Promise<string[]>;
  /** Lets time go by, with nothing under way: what is being sent meanwhile would have taken that long. */
  pass(ms: number): Promise<void>;
  /** Sessions in order, short: `ada begin`, `ada +60`, `ada end +5`. */
  sessions(): Promise<string[]>;
  requestsOf(parameter: string): Promise<LogicalRequest[]>;
}

const opened: Visited[] = [];

export function closeVisitedAfterEach(): void {
  afterEach(async () => {
    for (const { app, close } of opened.splice(0)) {
      await app.close();
      await close();
    }
  });
}

export interface VisitedOptions {
  readonly module: CountlyModuleOptions;
  readonly client?: CountlyOptions;
  readonly controllers: Type[];
  readonly providers?: Type[];
  readonly prepare?: (app: INestApplication) => void;
}

export async function openTo(
  platform: Platform,
  { module, client = {}, controllers, providers = [], prepare = () => {} }: VisitedOptions,
): Promise<Visited> {
  const test = createTestClient({ deviceId: 'the-process', ...client });
  const imports = [
    CountlyModule.forRoot({ appKey: 'key', transport: test.transport, logger: silentLogger, ...module }),
  ];
  const built = await Test.createTestingModule({ imports, controllers, providers })
    .overrideProvider(getCountlyToken())
    .useValue(test.client)
    .compile();
  const adapter = platform === 'express' ? new ExpressAdapter() : new FastifyAdapter();
  const app = built.createNestApplication<NestFastifyApplication>(adapter as FastifyAdapter, { logger: false });
  prepare(app);
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const requestsOf = async (parameter: string) => {
    await test.client.flush();
    return test.transport.delivered.filter(({ parameters }) => parameters[parameter] !== undefined);
  };
  const visited: Visited = {
    ...test,
    app,
    requestsOf,
    async pass(ms) {
      await test.client.flush();
      test.clock.advance(ms);
    },
    async ask(path, headers = {}, method = 'GET') {
      const answer = await fetch(`${url}${path}`, { method, headers: { 'user-agent': CHROME, ...headers } });
      await answer.text();
      // What happens at the end of an answer does so after it has arrived.
      await new Promise((resolve) => setTimeout(resolve, 5));
      return answer.headers.getSetCookie();
    },
    async sessions() {
      await test.client.flush();
      return test.transport.delivered.flatMap(({ deviceId, parameters }) => {
        const { begin_session: begin, end_session: end, session_duration: seconds } = parameters;
        if ((begin ?? end ?? seconds) === undefined) return [];
        const what = [begin && 'begin', end && 'end', seconds && `+${String(seconds)}`].filter(Boolean);
        return `${deviceId} ${what.join(' ')}`;
      });
    },
  };
  opened.push(visited);
  return visited;
}
