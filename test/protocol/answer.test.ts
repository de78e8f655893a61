import { describe, expect, test } from 'vitest';
import { type Delivery, MAX_RETRY_AFTER_MS, readDelivery, readQuery, retryAfterMs } from '../../lib/protocol/answer.js';

const NOW = 1_700_000_000_000;
const HTML = '<html><head><title>Welcome</title></head></html>';

function said(result: unknown, more: object = {}): string {
  return JSON.stringify({ result, ...more });
}

/** situation, status, body, delivery, headers */
type Row = [string, number, string, Delivery | Record<string, unknown>, Record<string, string>?];

const retry = { kind: 'retry' };
const bounded = { kind: 'retry', bounded: true };
const rejected = { kind: 'rejected' };

const ROWS: Record<string, Row[]> = {
  'accepted (docs/protocol.md §1.6, generations A, B, C)': [
    ['success', 200, said('Success'), { kind: 'delivered' }],
    ['success in other letters', 200, said('success'), { kind: 'delivered' }],
    ['another 2xx', 202, said('Success'), { kind: 'delivered' }],
    ['a byte order mark in front', 200, `\ufeff${said('Success')}`, { kind: 'delivered' }],
    ['white space around', 200, `\n ${said('Success')}\n`, { kind: 'delivered' }],
    [
      'duplicate',
      200,
      said('Success', { info: 'Request ignored: Duplicate request' }),
      { kind: 'delivered', info: 'Request ignored: Duplicate request' },
    ],
    [
      'blocked',
      200,
      said('Success', { info: 'Request ignored: Blocked by rule &quot;x&quot;' }),
      { kind: 'delivered', info: 'Request ignored: Blocked by rule "x"' },
    ],
    [
      'redirected app',
      200,
      said('Success', { info: 'Request ignored: Redirected: https:&#x2F;&#x2F;b.example' }),
      { kind: 'delivered', info: 'Request ignored: Redirected: https://b.example' },
    ],
  ],
  'refused with status 200 (A, C)': [
    [
      'wrong checksum',
      200,
      said('Request does not match checksum'),
      { kind: 'hold', reason: 'checksum', message: 'Request does not match checksum' },
    ],
    [
      'no checksum',
      200,
      said('Request does not have checksum'),
      { kind: 'hold', reason: 'checksum', message: 'Request does not have checksum' },
    ],
    ['device id of zeros', 200, said('Ignoring device_id'), { kind: 'rejected', reason: 'Ignoring device_id' }],
    [
      'cancelled by a plugin',
      200,
      said('Request ignored: Cancelled'),
      { kind: 'rejected', reason: 'Request ignored: Cancelled' },
    ],
    ['words we do not know', 200, said('Maybe later'), { ...bounded, reason: 'unknown answer: Maybe later' }],
  ],
  'status 200, but no Countly server': [
    [
      'captive portal',
      200,
      HTML,
      { kind: 'retry', reason: 'not the answer of a Countly server (status 200, text/html)' },
      { 'content-type': 'text/html; charset=utf-8' },
    ],
    ['empty', 200, '', { kind: 'retry', reason: 'not the answer of a Countly server (status 200, no content type)' }],
    ['no content', 204, '', retry],
    ['JSON without result', 200, '{"status":"ok"}', retry],
    ['result that is no text', 200, said({ a: 1 }), retry],
    ['a bare string', 200, '"Success"', retry],
    ['null', 200, 'null', retry],
    ['cut JSON', 200, '{"result":"Succ', retry],
  ],
  'configuration, or the database is down: hold': [
    [
      'unknown app (A), everything uniform (B)',
      400,
      said('App does not exist'),
      { kind: 'hold', reason: 'app-unknown', message: 'App does not exist' },
    ],
    [
      'paused app',
      400,
      said('App is currently not accepting data'),
      { kind: 'hold', reason: 'app-paused', message: 'App is currently not accepting data' },
    ],
    [
      'locked app',
      403,
      said('App is locked'),
      { kind: 'hold', reason: 'unauthorized', message: 'the server or a proxy refused us (403): App is locked' },
    ],
    [
      'wrong checksum with another status',
      400,
      said('Request does not match checksum'),
      { kind: 'hold', reason: 'checksum' },
    ],
    [
      'no /i at this address',
      400,
      said('Invalid path'),
      {
        kind: 'hold',
        reason: 'wrong-path',
        message: expect.stringMatching(/^Invalid path: `url` must be .* without \/i/),
      },
    ],
    ['a firewall that names a delay', 403, HTML, { kind: 'hold', afterMs: 90_000 }, { 'retry-after': '90' }],
    ['a proxy wants a password', 401, HTML, { kind: 'hold', reason: 'unauthorized' }],
    [
      'a firewall',
      403,
      HTML,
      { kind: 'hold', reason: 'unauthorized', message: 'the server or a proxy refused us (403)' },
    ],
    ['our proxy wants a password', 407, '', { kind: 'hold', reason: 'unauthorized' }],
  ],
  'these bytes can never pass': [
    [
      'missing parameter, escaped',
      400,
      said('Missing parameter &quot;app_key&quot; or &quot;device_id&quot;'),
      { kind: 'rejected', reason: 'Missing parameter "app_key" or "device_id"' },
    ],
    ['missing requests', 400, said('Missing parameter "requests"'), rejected],
    ['invalid parameter', 400, said('Invalid parameter "app_id"'), rejected],
    ['device id of zeros with another status', 400, said('Ignoring device_id'), rejected],
  ],
  'too large': [
    ['nginx', 413, HTML, { kind: 'split', reason: 'too large for the server or a proxy before it (413)' }],
    ['JSON', 413, said('Too large'), { kind: 'split' }],
  ],
  'might pass another time, but not for ever': [
    ['no user', 400, said('Cannot get app user'), { ...bounded, reason: 'status 400: Cannot get app user' }],
    ['no uid', 400, said('Cannot create uid'), bounded],
    ['busy', 400, said('Cannot process request. Too many retries'), bounded],
    ['merge', 400, said('User merged. Failed to record data.'), bounded],
    ['merge failed', 400, said('Cannot update user'), bounded],
    ['pipeline (A, B)', 400, said('Could not ingest data'), bounded],
    ['pipeline (C)', 400, said('Could not record events: x'), bounded],
    ['target of a redirected app', 400, said('Redirect error. Tried to redirect to:https://b.example'), bounded],
    ['method, though it is always the same', 405, said('Method not allowed'), bounded],
    ['busy, with a delay', 400, said('Cannot get app user'), { ...bounded, afterMs: 3000 }, { 'retry-after': '3' }],
    ['unknown words, with a delay', 200, said('Later'), { ...bounded, afterMs: 4000 }, { 'retry-after': '4' }],
  ],
  'the page of a proxy proves nothing about these bytes': [
    [
      'method not allowed',
      405,
      HTML,
      { ...bounded, reason: 'not the answer of a Countly server (status 405, text/html)' },
      { 'content-type': 'text/html' },
    ],
    ['the same of an object store', 405, '<?xml version="1.0"?><Error/>', bounded],
    ['target too long', 414, HTML, bounded],
    ['head too long', 431, '', bounded],
    ['a bad request', 400, HTML, bounded],
    ['not acceptable', 406, HTML, bounded],
    ['a conflict, with a delay', 409, '', { ...bounded, afterMs: 3000 }, { 'retry-after': '3' }],
    ['a teapot', 418, '', bounded],
    ['a page that quotes Countly', 400, `<p>${said('Missing parameter "app_key"')}</p>`, bounded],
    ['a JSON answer in other words', 422, '{"error":"Invalid parameter"}', bounded],
    ['final words as a list', 400, '["Missing parameter"]', bounded],
    ['final words with the status of a gateway', 502, said('Missing parameter'), retry],
    ['final words with the status of a limit', 429, said('Request ignored: too many'), retry],
  ],
  'passing faults': [
    ['request timeout', 408, '', retry],
    ['too early', 425, '', retry],
    ['rate limit (B)', 429, said('Too Many Requests'), { kind: 'retry', reason: 'status 429: Too Many Requests' }],
    ['rate limit with seconds', 429, '', { kind: 'retry', afterMs: 30_000 }, { 'retry-after': '30' }],
    [
      'rate limit with a date',
      429,
      '',
      { kind: 'retry', afterMs: 45_000 },
      { 'retry-after': new Date(NOW + 45_000).toUTCString() },
    ],
    ['rate limit for a week', 429, '', { kind: 'retry', afterMs: 3_600_000 }, { 'retry-after': '604800' }],
    ['delay that means nothing', 503, '', { kind: 'retry', reason: 'status 503' }, { 'retry-after': 'later' }],
    ['server error (C)', 500, said('Server error'), { kind: 'retry', reason: 'status 500: Server error' }],
    ['bad gateway', 502, HTML, { kind: 'retry', reason: 'status 502' }],
    ['gateway timeout', 504, HTML, retry],
    ['an odd 5xx', 599, '', retry],
    ['status above all ranges', 600, '', retry],
  ],
  'wrong address: everything is kept': [
    [
      'folder forgotten',
      404,
      HTML,
      { kind: 'retry', reason: 'nothing answers at this address (404): check `url`, also its folder' },
    ],
    ['gone', 410, '', retry],
    [
      'http for https',
      301,
      '',
      { kind: 'retry', reason: 'redirected (301) to https://c.example/i, which is not followed: check `url`' },
      { location: 'https://c.example/i?app_key=KEY' },
    ],
    [
      'portal',
      302,
      HTML,
      { kind: 'retry', reason: 'redirected (302), which is not followed: check `url`' },
      { location: '/login' },
    ],
    ['no location', 308, '', retry],
    ['with a delay', 307, '', { kind: 'retry', afterMs: 5000 }, { 'retry-after': '5' }],
    ['not modified', 304, '', retry],
  ],
};

describe('readDelivery', () => {
  for (const [group, rows] of Object.entries(ROWS)) {
    describe(group, () => {
      test.each(rows)('%s: %i', (_name, status, body, expected, headers = {}) => {
        const delivery = readDelivery({ status, headers, body }, NOW);
        expect(delivery).toMatchObject(expected);
        // A passing fault must not be given up on, and no delay may come from nowhere.
        if (delivery.kind === 'retry') {
          expect(delivery.bounded ?? false).toBe('bounded' in expected);
          expect(delivery.afterMs !== undefined).toBe('afterMs' in expected);
        }
        if (delivery.kind === 'delivered') expect(delivery).toEqual(expected);
      });
    });
  }

  test('every status has an outcome with a text of bearable length', () => {
    for (let status = 200; status < 620; status++) {
      for (const body of ['', HTML, said('x'.repeat(5000)), said('Success')]) {
        const delivery = readDelivery({ status, headers: {}, body }, NOW);
        expect(['delivered', 'retry', 'hold', 'split', 'rejected']).toContain(delivery.kind);
        expect(JSON.stringify(delivery).length).toBeLessThan(400);
        if (delivery.kind === 'delivered') expect(status).toBeLessThan(300);
      }
    }
  });

  test('texts steer no terminal', () => {
    const body = said('a\u001b[31mred\u009b1m \u202eover\u0000');
    expect(readDelivery({ status: 500, headers: {}, body }, NOW)).toMatchObject({
      reason: 'status 500: a [31mred 1m over ',
    });
    const headers = { 'content-type': 'text/\u001b[2J' };
    expect(readDelivery({ status: 200, headers, body: '' }, NOW)).toMatchObject({
      reason: expect.not.stringContaining('\u001b'),
    });
  });

  test('texts are one line, decoded once', () => {
    const delivery = readDelivery(
      { status: 400, headers: {}, body: said('a\n b &amp;lt; &#39;c&#x27; &nope; &#0; &constructor;') },
      NOW,
    );
    expect(delivery).toMatchObject({ reason: "status 400: a b &lt; 'c' &nope; &#0; &constructor;" });
  });
});

describe('readQuery', () => {
  test.each<[string, number, string, object]>([
    ['an object', 200, '{"a":1}', { ok: true, value: { a: 1 } }],
    ['an empty config', 200, '{}', { ok: true, value: {} }],
    ['a list in result', 200, '{"result":[{"_id":"1"}]}', { ok: true, value: { result: [{ _id: '1' }] } }],
    [
      'a text in result',
      200,
      said('No content block found!'),
      { ok: true, value: { result: 'No content block found!' } },
    ],
    ['null', 200, 'null', { ok: true, value: null }],
    [
      'a refused checksum (A, C)',
      200,
      said('Request does not match checksum'),
      { ok: false, status: 200, message: 'Request does not match checksum' },
    ],
    ['unknown method', 400, said('Invalid method'), { ok: false, status: 400, message: 'Invalid method' }],
    ['an error without words', 500, '{}', { ok: false, status: 500, message: 'status 500' }],
    ['HTML', 200, HTML, { ok: false, status: 200, message: 'not the answer of a Countly server (status 200)' }],
    ['HTML with an error', 502, HTML, { ok: false, status: 502 }],
    ['nothing', 200, '', { ok: false, status: 200 }],
  ])('%s: %i', (_name, status, body, expected) => {
    expect(readQuery({ status, headers: {}, body })).toMatchObject(expected);
  });
});

test('what is fetched may have a byte order mark in front, too', () => {
  expect(readQuery({ status: 200, headers: {}, body: '\ufeff{"a":1}' })).toEqual({ ok: true, value: { a: 1 } });
});

const NOON = Date.UTC(2026, 10, 23, 12, 0, 0);

test.each<[string | string[] | undefined, number | undefined]>([
  [undefined, undefined],
  ['', undefined],
  ['   ', undefined],
  ['soon', undefined],
  ['-5', undefined],
  ['1e3', undefined],
  ['0', 0],
  ['7', 7000],
  [' 7 ', 7000],
  ['1.5', 1500],
  [['3', '9'], 3000],
  ['86400', MAX_RETRY_AFTER_MS],
  ['9'.repeat(400), MAX_RETRY_AFTER_MS],
  ['Mon, 23 Nov 2026 12:01:30 GMT', 90_000],
  ['Monday, 23-Nov-26 12:01:30 GMT', 90_000],
  ['Mon Nov 23 12:01:30 2026 GMT', 90_000],
  ['Mon, 23 Nov 2026 11:00:00 GMT', 0],
  ['Mon, 23 Nov 2036 12:00:00 GMT', MAX_RETRY_AFTER_MS],
  ['Mon, 99 Nov 2026 12:00:00 GMT', undefined],
])('Retry-After %j is %j ms', (value, expected) => {
  expect(retryAfterMs(value, NOON)).toBe(expected);
});
