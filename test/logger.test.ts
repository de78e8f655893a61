import { describe, expect, it } from 'vitest';
import { Countly, silentLogger, TrackEvent } from '../lib/index.js';
import { shownError } from '../lib/logger.js';

describe('what is shown of an error that a callback threw', () => {
  it.each([
    ['no user jane.doe+shop@example.com', 'no user ***'],
    ['<jane@example.com> is unknown', '<***> is unknown'],
    ['called +49 (170) 123-4567 in vain', 'called *** in vain'],
    ['card 4111 1111 1111 1111 refused', 'card *** refused'],
    ['from 192.168.100.20', 'from ***'],
    ['session 8f14e45f-ceea-467f-a830-d3b07384d113 is over', 'session *** is over'],
    ['Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0', 'Bearer ***.***'],
  ])('masks whom it may be about: %s', (message, shown) => {
    expect(shownError(new RangeError(message))).toBe(`RangeError: ${shown}`);
    expect(shownError(message)).toBe(shown);
  });

  it.each([
    "Cannot read properties of undefined (reading 'organisationIdentifier')",
    'expected 3 to be below 100 in 2026',
    'connect ECONNREFUSED 127.0.0.1:6379',
    "Cannot find module '/srv/shop/node_modules/internationalisation/index.js'",
  ])('keeps what says where the fault is: %s', (message) => {
    expect(shownError(new Error(message))).toBe(`Error: ${message}`);
  });

  it('is never long, and never a failure itself', () => {
    expect(shownError(new Error('x y '.repeat(100_000))).length).toBeLessThanOrEqual(1000);
    const hostile = {
      toString: () => {
        throw new Error('no');
      },
    };
    expect(shownError(hostile)).toBe('an error that cannot be shown');
  });

  it('is what the warning of a decorator shows', async () => {
    const warnings: string[] = [];
    const countly = new Countly({
      url: 'http://127.0.0.1:1',
      appKey: 'k',
      storagePath: undefined,
      durability: 'memory',
      testMode: true,
      logger: { ...silentLogger, warn: (text) => warnings.push(text) },
    });
    class Shop {
      @TrackEvent('paid', {
        segmentation: () => {
          throw new Error('no user jane@example.com');
        },
      })
      pay(): void {}
    }
    countly.run({ deviceId: 'ann' }, () => new Shop().pay());
    await countly.close();
    expect(warnings.filter((text) => text.includes('failed and was skipped'))).toEqual([
      expect.stringMatching(/Error: no user \*\*\*$/),
    ]);
  });
});
