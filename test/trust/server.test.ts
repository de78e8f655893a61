import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { readServerSettings, type ServerSettings } from '../../lib/features/server-settings.js';
import { silentLogger } from '../../lib/logger.js';
import { MAX_RETRY_AFTER_MS, readDelivery, readQuery, retryAfterMs } from '../../lib/protocol/answer.js';
import { createTestClient } from '../../lib/testing/test-client.js';
import { recorded } from '../support/recorded.js';
import { expectQuick, expectUnpolluted, json, mutationsOf, repeated } from './hostile.js';

const KINDS = ['delivered', 'retry', 'hold', 'split', 'rejected'];
// biome-ignore lint/suspicious/noControlCharactersInRegex: what must not get through
const STEERS = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

const VALID = [
  '{"result":"Success"}',
  '{"result":"Success","info":"Request ignored: Duplicate request"}',
  '{"result":"Missing parameter \\"app_key\\" or \\"device_id\\""}',
  '{"result":"App does not exist"}',
  '<html><body>503</body></html>',
];
const body = fc.oneof(
  fc.string({ unit: 'binary' }),
  json('result', 'info', 'Success').map((value) => JSON.stringify(value)),
  ...VALID.map(mutationsOf),
);
const header = fc.option(
  fc.oneof(fc.string({ unit: 'binary' }), fc.array(fc.string()), fc.constantFrom('120', '1e9')),
  {
    nil: undefined,
  },
);
const response = fc.record({
  status: fc.oneof(fc.integer({ min: 100, max: 599 }), fc.constantFrom(200, 400, 413, 429), fc.integer()),
  headers: fc.record({ 'retry-after': header, location: header, 'content-type': header }),
  body,
});

afterEach(expectUnpolluted);

describe('the answer to a request (readDelivery)', () => {
  it('is a delivery of a known kind, with a bounded reason that steers no terminal and a delay in range', () => {
    fc.assert(
      fc.property(response, (given) => {
        const delivery = readDelivery(given, 1_700_000_000_000);
        expect(KINDS).toContain(delivery.kind);
        const { afterMs = 0, reason = '', message = '', info = '' } = delivery as object as Record<string, never>;
        expect(afterMs).toBeGreaterThanOrEqual(0);
        expect(afterMs).toBeLessThanOrEqual(MAX_RETRY_AFTER_MS);
        for (const text of [reason, message, info] as string[]) {
          expect(text).not.toMatch(STEERS);
          expect(text.length).toBeLessThan(500);
        }
      }),
    );
  });

  it('rejects only by the words of a Countly server', () => {
    fc.assert(
      fc.property(response, (given) => {
        if (readDelivery(given, 0).kind !== 'rejected') return;
        expect(JSON.parse(given.body).result).toMatch(/^(Missing|Invalid|Ignoring|Request ignored)/);
      }),
    );
  });

  it.each([
    ['nested lists', repeated('[')],
    ['entities', JSON.stringify({ result: repeated('&#x41;') })],
    ['ampersands', JSON.stringify({ result: repeated('&') })],
    ['blanks', JSON.stringify({ result: `checksum${repeated(' ')}` })],
    ['what looks like a key', JSON.stringify({ result: repeated('app_key = ') })],
  ])('of ten megabytes takes less than a second: %s', (_what, text) => {
    expectQuick(() => readDelivery({ status: 400, headers: {}, body: text }, 0));
  });
});

describe('a delay that is asked for (retryAfterMs)', () => {
  it('is a number of milliseconds in range, or none', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), mutationsOf('Wed, 21 Oct 2026 07:28:00 GMT')), (text) => {
        const delay = retryAfterMs(text, 1_700_000_000_000);
        expect(delay === undefined || (delay >= 0 && delay <= MAX_RETRY_AFTER_MS)).toBe(true);
      }),
    );
  });
});

describe('the answer to a question (readQuery)', () => {
  it('is a value, or a status and a message', () => {
    fc.assert(
      fc.property(response, (given) => {
        const result = readQuery(given);
        if (result.ok) expect('value' in result).toBe(true);
        else expect(result.message).not.toMatch(STEERS);
      }),
    );
  });
});

describe('settings of an operator (readServerSettings)', () => {
  const NAMES = [
    'v',
    't',
    'c',
    'tracking',
    'eqs',
    'scui',
    'sui',
    'lvs',
    'eb',
    'ew',
    'esb',
    'esw',
    'jte',
    'dort',
    'rqs',
  ];
  const settings = json(...NAMES).map((c) => ({ v: 2, t: 1, c }));

  it('hold nothing but known names, lists of texts, flags and numbers with an end', () => {
    fc.assert(
      fc.property(fc.oneof(json(...NAMES), settings), (answer) => {
        const read = readServerSettings(JSON.parse(JSON.stringify(answer)));
        for (const value of Object.values(read ?? {})) {
          if (typeof value === 'number') expect(value).toBeLessThanOrEqual(100_000);
          else if (typeof value === 'object')
            expect(
              Object.values(value)
                .flat()
                .every((it) => typeof it === 'string'),
            ).toBe(true);
          else expect(typeof value).toBe('boolean');
        }
      }),
    );
  });

  it('never end the recording of a client with an error, nor lift its limits out of sight', async () => {
    const numbers = fc.dictionary(
      fc.constantFrom('eqs', 'rqs', 'lkl', 'lvs', 'lsv', 'lbc', 'ltl', 'sui', 'scui', 'upcl'),
      fc.double(),
    );
    const lists = fc.dictionary(fc.constantFrom('eb', 'ew', 'sb', 'sw', 'upb', 'upw', 'jte'), fc.array(fc.string()));
    const byEvent = fc.dictionary(
      fc.constantFrom('esb', 'esw'),
      fc.dictionary(fc.constantFrom('constructor', '__proto__', 'toString', 'a'), fc.array(fc.string())),
    );
    await fc.assert(
      fc.asyncProperty(numbers, lists, byEvent, async (...parts) => {
        const given = Object.assign({}, ...parts) as ServerSettings;
        const test = recorded({ sdkBehaviorSettings: JSON.stringify(given) });
        for (const key of ['a', 'constructor', 'toString']) {
          test.client.addEvent(key, { segmentation: { [key]: 'x'.repeat(10_000), __proto__: 1 } });
        }
        test.client.userData.set('constructor', 'x');
        for (const body of await test.bodies()) expect(body.length).toBeLessThan(20_000);
        await test.close();
      }),
      { numRuns: 40 },
    );
  });

  it('of ten megabytes take less than a second', () => {
    const eb = Array.from({ length: 700_000 }, (_, n) => `event-${n}`);
    expectQuick(() =>
      readServerSettings({
        v: 2,
        t: 1,
        c: { eb, esb: Object.fromEntries(eb.slice(0, 100_000).map((key) => [key, []])) },
      }),
    );
  });
});

describe('what a client fetches', () => {
  const answer = json('result', '_id', 'type', 'name', 'details', 'banner');

  it('is a value or a reason, whatever the server sends: remote config, widgets, experiments', async () => {
    const test = createTestClient({ logger: silentLogger, serverSettings: true });
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          answer,
          answer.map((one) => ({ result: [one, one] })),
        ),
        async (sent) => {
          const value: unknown = JSON.parse(JSON.stringify(sent));
          test.transport.answerQuery({ ok: true, value });
          const { client } = test;
          for (const fetched of [
            await client.fetchRemoteConfig({ maxAge: 0 }),
            await client.fetchFeedbackWidgets(),
            await client.abTests.fetchVariants(),
            await client.abTests.fetchExperiments(),
          ]) {
            expect(fetched.ok ? 'value' : typeof fetched.reason).toMatch(/^(value|string)$/);
            if (!fetched.ok) expect(fetched.reason).not.toContain('passed');
          }
          // Names that every object has are no values.
          for (const name of ['constructor', 'toString', '__proto__']) {
            const found = client.getRemoteConfig(name);
            expect(found).not.toBe(Reflect.get({}, name));
            expect(typeof found).not.toBe('function');
          }
        },
      ),
    );
    await test.close();
  });

  it('names a widget by texts only', async () => {
    const test = createTestClient({ logger: silentLogger });
    const odd: readonly unknown[] = [{ toString: 1 }, { valueOf: 1, toString: 2 }, [[]], true, null];
    test.transport.answerQuery({ ok: true, value: { result: odd.map((one) => ({ _id: one, type: one, name: one })) } });
    const widgets = await test.client.fetchFeedbackWidgets();
    expect(widgets.ok && widgets.value.map(({ id, type, name }) => [id, type, name])).toEqual(
      odd.map(() => ['', '', '']),
    );
    await test.close();
  });
});
