import { Controller, Sse } from '@nestjs/common';
import { map, Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { contextScope } from '../../lib/index.js';
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
    const leave = new AbortController();
    const response = await fetch(`${url}/ticks`, { headers: { 'x-id': 'ada' }, signal: leave.signal });
    let text = '';
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      text += Buffer.from(chunk).toString('utf8');
      if (text.includes('"tick":3')) break;
    }
    expect(text).toContain('data: {"tick":2,"is":"ada"}');
    expect(text).not.toContain('"is":"the-process"');
    leave.abort();
    await expect.poll(() => torn.length).toBe(1);
  });
});
