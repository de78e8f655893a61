import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { readLocation } from '../../lib/features/location.js';
import { sanitizeDeviceId } from '../../lib/scope/device-id.js';
import { readCarrier, signCarrier } from '../../nest/carrier/carrier-token.js';
import { carrierOf, carrierOfWork } from '../../nest/carrier/from-carrier.js';
import { anonymousCookie, cookieValue, visitorOf } from '../../nest/identity/anonymous.js';
import { readCookie } from '../../nest/identity/cookies.js';
import { fromCountlyWeb } from '../../nest/identity/countly-web.js';
import type { RequestLike } from '../../nest/identity/request-context.js';
import { addressOf, headerOf, isSecure } from '../../nest/identity/request-values.js';
import { outgoingName } from '../../nest/outgoing/outgoing-name.js';
import { HttpContext, type ResponseLike } from '../../nest/scope/http-context.js';
import { visitorMetrics } from '../../nest/sessions/visitor-metrics.js';
import { signatureOf, signedWith } from '../../nest/signature.js';
import { methodOf, routeTemplate } from '../../nest/traffic/route.js';
import { anything, expectQuick, expectUnpolluted, json, mutationsOf, repeated } from './hostile.js';

const SECRETS = ['x'.repeat(32), 'y'.repeat(32)];
const NOW = 1_700_000_000_000;
const ID = 'c0ffee00-1234-4abc-8def-000000000001';
// biome-ignore lint/suspicious/noControlCharactersInRegex: what must not get through
const UNPRINTABLE = /[\u0000-\u001f\u007f\u2028\u2029]/;
const request = (given: unknown) => given as RequestLike;
const contextOf = (given: unknown) => new HttpContext(request(given), {} as ResponseLike);

afterEach(expectUnpolluted);

describe('a device id from anywhere (sanitizeDeviceId)', () => {
  it('is a printable text of at most 256 characters, or none', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          anything,
          fc.string({ unit: 'binary' }).map((text) => () => text),
        ),
        (make) => {
          const id = sanitizeDeviceId(make());
          if (id === undefined) return;
          expect([...id].length).toBeLessThanOrEqual(256);
          expect(id).not.toBe('');
          expect(id).not.toMatch(UNPRINTABLE);
          expect(id.isWellFormed()).toBe(true);
        },
      ),
    );
  });

  it.each([
    ['an emoji for each of 256 characters', '👍'.repeat(256)],
    ['characters beyond the first plane', '𠮷野家'.repeat(80)],
    ['families, whose members are joined', '👩‍👩‍👧‍👦'.repeat(36)],
    ['flags and tones of skin', '🇩🇪👍🏽'.repeat(64)],
  ])('counts characters as people do: %s', (_what, id) => {
    expect(sanitizeDeviceId(id)).toBe(id);
    expect(sanitizeDeviceId(id.repeat(2))).toBeUndefined();
  });

  it.each([
    ['blanks', ' '],
    ['emoji', '👍'],
    ['halves of emoji', '\ud83d'],
  ])('of ten megabytes takes less than a second: %s', (_what, piece) => {
    expectQuick(() => expect(sanitizeDeviceId(repeated(piece))).toBeUndefined());
  });
});

describe('headers, address and scheme of a request (headerOf, addressOf, isSecure)', () => {
  const odd = fc.tuple(anything, anything, anything).map(([headers, ip, socket]) => () => ({
    headers: headers(),
    ip: ip(),
    socket: socket(),
    protocol: ip(),
    originalUrl: headers(),
    url: socket(),
    method: ip(),
    route: socket(),
  }));

  it('are texts or nothing, whatever the request is made of', () => {
    fc.assert(
      fc.property(odd, fc.string(), (make, name) => {
        const given = request(make());
        for (const text of [headerOf(given, name), headerOf(given, 'cookie', '; '), addressOf(given)]) {
          expect(['string', 'undefined']).toContain(typeof text);
        }
        expect(typeof isSecure(given)).toBe('boolean');
        const context = contextOf(given);
        expect(['string', 'undefined']).toContain(typeof context.cookie(name));
        expect(['string', 'undefined']).toContain(typeof routeTemplate(context));
        expect(methodOf(context)).toMatch(/^[A-Z-]{1,20}$/);
        expect(['string', 'undefined']).toContain(typeof carrierOf(context));
      }),
    );
  });

  it('a place is an address, a country, a city and coordinates, or nothing (readLocation)', () => {
    fc.assert(
      fc.property(fc.tuple(anything, anything, anything, anything), ([ip, countryCode, city, location]) => {
        const read = readLocation({ ip: ip(), countryCode: countryCode(), city: city(), location: location() });
        if (read === undefined) return;
        expect(read.countryCode ?? 'DE').toMatch(/^[A-Z]{2}$/);
        expect((read.city ?? '').length).toBeLessThanOrEqual(256);
        expect(read.location ?? '1,2').toMatch(/^-?\d+(\.\d+)?,-?\d+(\.\d+)?$/);
        expect(read.ip ?? '127.0.0.1').toMatch(/^[0-9a-f.:%]+/i);
      }),
    );
  });
});

describe('a cookie (readCookie)', () => {
  it('is what stands behind its name, or nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (header, name) => {
        expect(['string', 'undefined']).toContain(typeof readCookie(header, name));
      }),
    );
    expect(readCookie('other=1; visitor=ada; visitor=eve', 'visitor')).toBe('ada');
    expect(readCookie('visitor=; visitor=ada', 'visitor')).toBe('ada');
    expect(readCookie('visitor=; visitor=', 'visitor')).toBe('');
    expect(readCookie(';;;a;;b=2;visitor=%41%zz', 'visitor')).toBe('%41%zz');
    expect(readCookie('a=1;visitor', 'visitor')).toBeUndefined();
  });

  it.each([
    ['semicolons', repeated(';')],
    ['semicolons and one value at the end', `${repeated(';')}visitor=1`],
    ['names without values', repeated('a;')],
    ['cookies', repeated('a=1;')],
    ['per cents', `visitor=${repeated('%')}`],
    ['blanks', `${repeated(' ')}=1`],
    ['empty ones of its name', repeated('visitor=;')],
  ])('in ten megabytes is found in less than a second: %s', (_what, header) => {
    expectQuick(() => readCookie(header, 'visitor'));
  });
});

describe('the signed cookie of an anonymous visitor (visitorOf)', () => {
  const cookie = anonymousCookie({ secret: SECRETS });
  const valid = cookieValue(ID, cookie);

  it('names nobody else than it was signed for', () => {
    expect(visitorOf(valid, cookie)).toEqual({ id: ID, isCurrent: true });
    fc.assert(
      fc.property(fc.oneof(mutationsOf(valid), fc.string({ unit: 'binary' })), (value) => {
        const visitor = visitorOf(value, cookie);
        if (value !== valid) expect(visitor).toBeUndefined();
      }),
    );
  });

  it('takes neither the signature of a carrier nor that of somebody else', () => {
    const other = cookieValue(ID.replace('1', '2'), cookie);
    const carrier = signCarrier({ deviceId: ID, consent: undefined }, SECRETS[0] as string, NOW);
    for (const signature of [other.split('.')[1], carrier.split('.')[2], signatureOf(ID, SECRETS[0] as string)]) {
      expect(visitorOf(`${ID}.${signature}`, cookie)).toBeUndefined();
    }
  });

  it('of ten megabytes takes less than a second', () => {
    expectQuick(() => visitorOf(`${ID}.${repeated('A')}`, cookie));
    expectQuick(() => visitorOf(repeated('.'), cookie));
  });
});

describe('a carrier (readCarrier)', () => {
  const valid = signCarrier({ deviceId: 'ada', consent: ['events'] }, SECRETS[0] as string, NOW);
  const read = (token: unknown, at = NOW) => readCarrier(token, SECRETS, 3600, at);

  it('says nothing else than was signed, whatever is done to it', () => {
    expect(read(valid)).toEqual({ ok: true, carried: { deviceId: 'ada', consent: ['events'] } });
    fc.assert(
      fc.property(
        fc.oneof(
          mutationsOf(valid).map((text) => () => text as unknown),
          anything,
        ),
        (make) => {
          const token = make();
          const reading = read(token);
          if (token !== valid) expect(reading.ok).toBe(false);
          if (!reading.ok)
            expect(reading.reason).toMatch(/^(malformed|expired|forged, or signed with another secret)$/);
        },
      ),
    );
  });

  it('with a right signature over a senseless content gives an id and features in range, or a reason', () => {
    fc.assert(
      fc.property(json('d', 'c', 't', 'events'), (payload) => {
        const text = `v1.${Buffer.from(JSON.stringify({ t: NOW / 1000, ...Object(payload) })).toString('base64url')}`;
        const reading = read(`${text}.${signatureOf(text, SECRETS[0] as string)}`);
        if (!reading.ok) return;
        const { deviceId, consent = [] } = reading.carried;
        expect(deviceId === null || sanitizeDeviceId(deviceId) === deviceId).toBe(true);
        expect(consent.length).toBeLessThan(20);
      }),
    );
  });

  it('is too old after its time, and not valid long before it', () => {
    expect(read(valid, NOW + 3_601_000)).toEqual({ ok: false, reason: 'expired' });
    expect(read(valid, NOW - 301_000)).toEqual({ ok: false, reason: 'expired' });
  });

  it('is looked for in jobs and messages of any shape', () => {
    fc.assert(
      fc.property(anything, anything, (job, data) => {
        for (const work of [[job()], [{ data: data() }], [{ data: { countly: job() } }], [], [null]]) {
          expect(['string', 'undefined']).toContain(typeof carrierOfWork(work));
        }
      }),
    );
  });
});

describe('what a page and a browser say of themselves (fromCountlyWeb, visitorMetrics)', () => {
  const saying = (header: (name: string) => unknown) =>
    contextOf({ headers: new Proxy({}, { get: (_, name) => header(String(name)) }) });
  const web = fromCountlyWeb({ appKey: 'KEY' });

  it('is an id, features that there are and texts, or nothing', () => {
    const said = fc.oneof(
      fc.string({ unit: 'binary' }),
      ...[
        'ada:events.views',
        'KEY/cly_id=ada; countly_web=eve%3A:all',
        'Mozilla/5.0 (X11; Linux x86_64) Chrome/131.0',
      ].map(mutationsOf),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          said.map((text) => () => text as unknown),
          anything,
        ),
        (make) => {
          const value = make();
          const context = saying(() => value);
          expect(['string', 'undefined']).toContain(typeof web(context));
          const features = web.consent(context);
          expect(features === undefined || (features.length < 20 && Array.isArray(features))).toBe(true);
          for (const text of Object.values(visitorMetrics(context))) {
            expect(typeof text).toBe('string');
            expect(text.length).toBeLessThanOrEqual(100);
          }
        },
      ),
    );
  });

  it.each([
    ['blanks', `KEY/cly_id=a;${repeated(' ')}`],
    ['slashes', `${repeated('a/')}KEY/cly_id`],
    ['per cents', `countly_web=${repeated('%')}`],
    ['brackets', repeated('(')],
    ['versions', `Mozilla/5.0 Chrome/${repeated('1.')}`],
    ['blanks behind a name', `Mozilla/5.0 Android${repeated(' ')}`],
  ])('of ten megabytes is read in less than a second: %s', (_what, text) => {
    const context = saying(() => text);
    expectQuick(() => {
      web(context);
      web.consent(context);
      visitorMetrics(context);
    });
  });
});

describe('a signature (signedWith)', () => {
  it('is compared to its end with every secret, the right one too', () => {
    const asked: number[] = [];
    const watched = new Proxy(SECRETS, {
      get: (list, name) => {
        if (/^\d$/.test(String(name))) asked.push(Number(name));
        return Reflect.get(list, name);
      },
    });
    expect(signedWith('text', signatureOf('text', SECRETS[0] as string), watched)).toBe(0);
    expect(signedWith('text', 'forged', watched)).toBe(-1);
    expect(asked).toEqual([0, 1, 0, 1]);
  });

  it('is none of another length, of other characters, and none at all', () => {
    const right = signatureOf('text', SECRETS[0] as string);
    for (const forged of ['', right.slice(1), `${right}A`, `${right}=`, right.toLowerCase(), '\ud800'.repeat(43)]) {
      expect(signedWith('text', forged, SECRETS)).toBe(-1);
    }
  });
});

describe('the name of an outgoing request (outgoingName)', () => {
  it('keeps words only, and takes no more than a second for ten megabytes', () => {
    const name = (path: string) => outgoingName({ method: 'GET', host: 'api.example', path });
    expect(name('/users/ada@example.org/4711/eyJ0eXAiOiJKV1Qi')).toBe('GET api.example/users/:id/:id/:id');
    expectQuick(() => name(repeated('/a')));
    expectQuick(() => name(`/${repeated('aA')}`));
  });
});
