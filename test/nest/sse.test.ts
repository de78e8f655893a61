import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { Controller, Sse } from '@nestjs/common';
import { map, Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { contextScope } from '../../lib/internal.js';
import { afterGuards, CountlyModule, fromHeader } from '../../nest/index.js';
import { Collector } from './support/collector.js';
import { closeAppsAfterEach, PLATFORMS, quiet, start } from './support/platforms.js';

const torn: string[] = [];

@Controller()
class StreamController {
  @Sse('ticks')
  ticks(): Observable<{ data: unknown }> {
    return new Observable<number>((subscriber) => {
      let tick = 0;
      const timer = setInterval(() => subscriber.next(tick++), 5);
      return () => {
        clearInterval(timer);
        torn.push(contextScope()?.deviceId ?? 'nobody');
      };
    }).pipe(map((tick) => ({ data: { tick, is: contextScope()?.deviceId } })));
  }
}

describe.each(PLATFORMS)('server-sent events on %s', (platform) => {
  closeAppsAfterEach();

  // With a resolver that is asked after the guards, the stream passes through our interceptor.
  it.each([
    ['without an interceptor', fromHeader('x-id')],
    ['with one', afterGuards(async (context) => context.header('x-id'))],
  ])('keep their scope, and the producer stops when the client leaves, %s', async (_name, deviceId) => {
    torn.length = 0;
    const collector = new Collector();
    const { url } = await start(
      platform,
      { imports: [CountlyModule.forRoot(quiet(collector, { deviceId }))], controllers: [StreamController] },
      collector,
    );
    // Not with `fetch`, which connects anew after it was aborted and so holds up the end of the server for seconds.
    const request = get(`${url}/ticks`, { agent: false, headers: { 'x-id': 'ada' } });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    let text = '';
    while (!text.includes('"tick":3')) text += String((await once(response, 'data'))[0]);
    expect(text).toContain('data: {"tick":2,"is":"ada"}');
    expect(text).not.toContain('"is":"the-process"');
    request.destroy();
    await expect.poll(() => torn.length).toBe(1);
  });
});
