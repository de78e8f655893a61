import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Inspector, startInspector } from '../../inspector/src/index.js';
import { silentLogger } from '../../lib/logger.js';
import { Countly } from '../../lib/scope/countly.js';
import { alive, call, HUGE, perform } from '../support/nasty.js';
import { isBalanced, recorded } from '../support/recorded.js';

describe('whatever a caller passes', () => {
  it('nothing is thrown, every call is accounted for, and every request is JSON', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(call, { maxLength: 25, size: 'max' }), async (calls) => {
        const test = recorded({ requireConsent: false, rollUp: true, beforeSend: [() => {}] });
        const scope = test.client.scope({ deviceId: 'visitor' });
        for (const one of calls) perform(scope, one);
        await test.sent();
        await test.close();
        expect(isBalanced(test.client)).toBe(true);
        expect(test.client.stats().pending).toBe(0);
        for (const { request } of test.transport.requests) {
          expect(() => JSON.parse(String(request.body))).not.toThrow();
          expect(request.body.length).toBeLessThan(1_000_000);
        }
      }),
      { numRuns: 100 },
    );
  }, 120_000);

  it('a scope can be made of it', () => {
    const test = recorded({ requireConsent: true });
    fc.assert(
      fc.property(fc.array(call, { minLength: 1, maxLength: 3 }), (calls) => {
        for (const one of calls) {
          const args = one.args.map(alive);
          test.client.scope({
            deviceId: args[0],
            consent: args[1],
            metrics: args[2],
            locale: args[0],
            ip: args[1],
          } as never);
          test.client.device(args[0] as never).addEvent('x');
          test.client.groupFeatures(args[1] as never);
        }
      }),
      { numRuns: 100 },
    );
    return test.close();
  }, 60_000);

  it('a long text does not stay in memory', async () => {
    const test = recorded();
    test.client.addEvent(HUGE, { segmentation: { [HUGE]: HUGE } });
    test.client.logError(HUGE);
    test.client.addBreadcrumb(HUGE);
    const bodies = await test.bodies();
    expect(bodies.every((body) => body.length < 20_000)).toBe(true);
    await test.close();
  });
});

describe('whatever a caller passes, a server', () => {
  let inspector: Inspector;
  beforeAll(async () => {
    inspector = await startInspector({ port: 0 });
  });
  afterAll(() => inspector.close());

  it('drops none of the requests that are made of it (docs/protocol.md §13)', async () => {
    let delivered = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(call, { maxLength: 40, size: 'max' }),
        fc.constantFrom('json', 'form'),
        async (calls, encoding) => {
          inspector.reset();
          const client = new Countly({
            url: inspector.url,
            appKey: 'KEY',
            deviceId: 'own',
            durability: 'memory',
            logger: silentLogger,
            encoding: encoding as 'json' | 'form',
            flushInterval: 0,
          });
          const scopes = [client, client.device('a'), client.scope({ deviceId: 'b', ip: '203.0.113.7' })];
          for (const [index, one] of calls.entries()) perform(scopes[index % scopes.length] ?? client, one);
          // One of the values is the id that stands for none; what waits for a real one leaves with it.
          client.changeId('known');
          await client.close();
          delivered += client.stats().delivered;
          const found = inspector.query<{ row: number; message: string }>(
            // From 61 on stands what its database or its counting suffers from, though it answers well.
            `SELECT "row", message FROM problems WHERE level = 'E' OR (level = 'W' AND "row" > 60)`,
          );
          expect(found).toEqual([]);
          expect(client.stats()).toMatchObject({ pending: 0 });
          expect(Object.keys(client.stats().dropped).filter((reason) => reason !== 'invalid')).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
    // Or nothing was shown.
    expect(delivered).toBeGreaterThan(100);
  }, 180_000);
});
