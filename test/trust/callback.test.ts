import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../lib/config/limits.js';
import type { BeforeSend } from '../../lib/config/options.js';
import { TrackEvent } from '../../lib/decorators/track-event.js';
import { errorText } from '../../lib/features/crashes.js';
import { strippedKey } from '../../lib/features/events.js';
import { readLocation } from '../../lib/features/location.js';
import { silentLogger } from '../../lib/logger.js';
import { sanitizeDeviceId } from '../../lib/scope/device-id.js';
import { withinDeadline } from '../../nest/identity/deadline.js';
import { DeviceIdChain } from '../../nest/identity/device-id-chain.js';
import type { RequestContext } from '../../nest/identity/request-context.js';
import { RequestScopeInit } from '../../nest/scope/request-scope-init.js';
import { ModuleWarnings } from '../../nest/warnings.js';
import { isBalanced, recorded } from '../support/recorded.js';
import { anything, expectQuick, expectUnpolluted, repeated } from './hostile.js';

afterEach(expectUnpolluted);

/** What a callback may do: give anything, throw anything, promise anything. */
const behaviour = fc.tuple(fc.constantFrom('gives', 'throws', 'rejects', 'resolves'), anything);

function play([how, make]: [string, () => unknown]): unknown {
  const value = make();
  if (how === 'throws') throw value;
  if (how === 'rejects') return Promise.reject(value);
  return how === 'resolves' ? Promise.resolve(value) : value;
}

const { proxy: revoked, revoke } = Proxy.revocable({}, {});
revoke();

describe('a hook of the application (beforeSend)', () => {
  it('may do anything: what is recorded stays a request that a server reads, and the ledger adds up', async () => {
    await fc.assert(
      fc.asyncProperty(behaviour, anything, fc.boolean(), async (deed, make, replaces) => {
        const hook: BeforeSend = (entry) => {
          const value = make();
          if (replaces) entry.content = value as never;
          else entry.content['segmentation'] = value;
          return play(deed) as never;
        };
        const test = recorded({ beforeSend: [hook], debug: true });
        test.client.addEvent('order', { segmentation: { plan: 'pro' } });
        test.client.logError(new Error('x'));
        test.client.userData.set('plan', 'pro');
        for (const body of await test.bodies()) expect(typeof JSON.parse(body)).toBe('object');
        expect(isBalanced(test.client)).toBe(true);
        await test.close();
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['a proxy that was revoked', revoked],
    [
      'an error whose name throws',
      Object.defineProperty(new Error('x'), 'name', {
        get: () => {
          throw revoked;
        },
      }),
    ],
    ['an object without a prototype', Object.create(null)],
    ['a symbol', Symbol('x')],
  ])('that throws once, %s, sees the next entry: it may take out personal data', async (_what, thrown) => {
    let calls = 0;
    const test = recorded({
      beforeSend: (entry) => {
        if (calls++ === 0) throw thrown;
        entry.content['segmentation'] = {};
      },
    });
    test.client.addEvent('a');
    test.client.addEvent('b', { segmentation: { email: 'ada@example.org' } });
    expect((await test.bodies()).join()).not.toContain('ada@');
    expect(calls).toBe(2);
    await test.close();
  });
});

describe('callbacks of a decorator', () => {
  it('may do anything: the method gives what it gives', async () => {
    await fc.assert(
      fc.asyncProperty(behaviour, behaviour, async (first, second) => {
        const test = recorded({ name: 'trust' });
        class Shop {
          @TrackEvent('sold', {
            client: 'trust',
            segmentation: () => play(first) as never,
            count: () => play(second) as never,
            sum: () => play(first) as never,
            when: () => play(second) as never,
            device: () => play(first) as never,
          })
          sell(): string {
            return 'sold';
          }
        }
        expect(new Shop().sell()).toBe('sold');
        for (const body of await test.bodies()) JSON.parse(body);
        expect(isBalanced(test.client)).toBe(true);
        await test.close();
      }),
      { numRuns: 60 },
    );
  });
});

describe('resolvers of a request (DeviceIdChain, RequestScopeInit)', () => {
  const context = {
    type: 'http',
    request: { headers: {} },
    header: () => undefined,
    cookie: () => undefined,
  } as unknown as RequestContext;
  const warnings = () => new ModuleWarnings(silentLogger);

  it('name a device in range or nobody, whatever they do', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(behaviour, { minLength: 1, maxLength: 3 }), async (deeds) => {
        const resolvers = deeds.map((deed) => () => play(deed) as never);
        const found = await new DeviceIdChain(resolvers, 50, warnings(), undefined).find(context);
        if (found === undefined) return;
        expect(sanitizeDeviceId(found.deviceId)).toBe(found.deviceId);
      }),
    );
  });

  it('name a place, a zone and a language in range, or none', () => {
    fc.assert(
      fc.property(behaviour, (deed) => {
        const resolve = () => play(deed) as never;
        const settings = { ip: resolve, language: resolve, timezone: resolve } as never;
        const init = new RequestScopeInit('ada', undefined, context, settings, warnings(), undefined);
        expect(['string', 'undefined']).toContain(typeof init.ip);
        readLocation({ ip: init.ip });
        expect(['string', 'undefined']).toContain(typeof init.locale);
        expect(Math.abs(init.timezoneOffset ?? 0)).toBeLessThanOrEqual(840);
      }),
    );
  });

  it('of a language take no more of a header than a language has', () => {
    const speaking = { ...context, header: () => `en${'-abcdefgh'.repeat(1000)}` } as unknown as RequestContext;
    const init = new RequestScopeInit('ada', undefined, speaking, { language: true } as never, warnings(), undefined);
    expect(init.locale?.length).toBeLessThan(50);
  });

  it('are told about without what steers a terminal, and in a bounded text', async () => {
    const said: string[] = [];
    const told = new ModuleWarnings({ ...silentLogger, warn: (text) => said.push(text) });
    const resolver = () => {
      throw new Error(`\u001b[2J\u202e\nfake line ${repeated('x', 100_000)}`);
    };
    await new DeviceIdChain([resolver], 50, told, undefined).find(context);
    expect(said).toHaveLength(1);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not get through
    expect(said[0]).not.toMatch(/[\u001b\u202e\n]/);
    expect(said[0]?.length).toBeLessThan(2000);
  });

  it('never reject: what they promise comes, fails or is late (withinDeadline)', async () => {
    await fc.assert(
      fc.asyncProperty(anything, async (make) => {
        const reasons: string[] = [];
        await withinDeadline(Promise.reject(make()), 50, (reason) => reasons.push(reason));
        expect(reasons).toHaveLength(1);
      }),
    );
  });
});

describe('what was thrown (errorText)', () => {
  it('is a bounded name, type and stack', () => {
    fc.assert(
      fc.property(anything, (make) => {
        const { name, type, stack } = errorText(make(), DEFAULT_LIMITS);
        expect(name.length).toBeLessThanOrEqual(200);
        expect(type.length).toBeLessThanOrEqual(128);
        expect(stack.length).toBeLessThan(6 * 31 * 201);
        expect(stack).not.toBe('');
      }),
    );
  });

  it.each([
    ['lines', '\n'],
    ['blanks', ' '],
    ['returns', '\r'],
    ['frames', '\n    at a (b.js:1:1)'],
  ])('of ten megabytes is read in less than a second: %s', (_what, piece) => {
    const error = Object.assign(new Error(repeated(piece)), { stack: repeated(piece) });
    expectQuick(() => errorText(error, DEFAULT_LIMITS));
  });
});

describe('the key of an event (strippedKey)', () => {
  it('of which each round takes one piece out is read in less than a second', () => {
    const nested = `${'s'.repeat(500_000)}system.${'ystem.'.repeat(500_000)}`;
    expectQuick(() => expect(strippedKey(nested)).not.toContain('system.'));
    expectQuick(() => strippedKey(repeated('$.')));
  });
});
