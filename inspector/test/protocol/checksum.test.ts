import { describe, expect, it } from 'vitest';
import { hashHex } from '../../src/protocol/checksum.js';
import { useInspector } from '../support/use-inspector.js';

const SALT = 's3cr3t';
const DATA =
  'app_key=APPKEY&device_id=user-1&timestamp=1700000000000&events=%5B%7B%22key%22%3A%22login%22%2C%22count%22%3A1%7D%5D';
const SHA1 = 'd93c48ea10ff13b2aa6df34eb11b7c0138fbc691';
const SHA256 = '9ec9283eaffe2687bdd3a71e574dd78223b858190b7b9f805cb8c2ba3f13e275';
const JSON_BODY = '{"app_key":"APPKEY","device_id":"user-1","timestamp":1700000000000,"begin_session":1}';
const JSON_SHA256 = 'a211f1747860a34b25ff34eaa82a1bcb8286c255e19a32d81958e5d6ee8cf260';

const SUCCESS = { status: 200, body: { result: 'Success' } };
const MISMATCH = { status: 200, body: { result: 'Request does not match checksum' } };

describe('checksum test vectors', () => {
  it.each([
    ['checksum', DATA, SHA1],
    ['checksum256', DATA, SHA256],
    ['checksum256', JSON_BODY, JSON_SHA256],
  ] as const)('%s of the contract', (name, text, expected) => {
    expect(hashHex(name, text + SALT)).toBe(expected);
  });
});

describe('an app with a salt', () => {
  const server = useInspector({ salt: SALT });

  it.each([
    ['checksum', SHA1],
    ['checksum256', SHA256],
    ['checksum256', SHA256.toUpperCase()],
  ])('accepts a urlencoded body that ends in %s=%s', async (name, value) => {
    expect(await server.form('/i', `${DATA}&${name}=${value}`)).toEqual(SUCCESS);
    expect(server.query('SELECT key FROM events')).toEqual([{ key: 'login' }]);
  });

  it('accepts the checksum at the start of the body', async () => {
    expect(await server.form('/i', `checksum256=${SHA256}${`&${DATA}`}`)).toEqual(MISMATCH);
    const data = `&${DATA}`;
    expect(await server.form('/i', `checksum256=${hashHex('checksum256', data + SALT)}${data}`)).toEqual(SUCCESS);
  });

  it('accepts a query', async () => {
    expect(await server.get(`/i?${DATA}&checksum256=${SHA256}`)).toEqual(SUCCESS);
  });

  it('accepts a JSON body with the checksum in the query', async () => {
    const headers = { 'content-type': 'application/json' };
    expect(await server.raw(`/i?checksum256=${JSON_SHA256}`, JSON_BODY, headers)).toEqual(SUCCESS);
    expect(server.query('SELECT count(*) AS n FROM sessions')).toEqual([{ n: 1 }]);
  });

  it('answers 200 and stores nothing when the checksum is wrong', async () => {
    expect(await server.form('/i', `${DATA}&checksum256=${SHA256.replace('9', '8')}`)).toEqual(MISMATCH);
    expect(server.query('SELECT outcome, stored FROM requests')).toEqual([{ outcome: 'ignored', stored: 0 }]);
    expect(server.query('SELECT * FROM events')).toEqual([]);
  });

  it('answers 200 and stores nothing when there is no checksum', async () => {
    expect(await server.form('/i', DATA)).toEqual({ status: 200, body: { result: 'Request does not have checksum' } });
    expect(server.query('SELECT * FROM events')).toEqual([]);
  });

  it('looks at "checksum" only when both are present', async () => {
    const both = `${DATA}&checksum256=${SHA256}`;
    const sha1 = hashHex('checksum', both + SALT);
    expect(await server.form('/i', `${both}&checksum=${sha1}`)).toEqual(SUCCESS);
    expect(await server.form('/i', `${both}&checksum=${SHA1}`)).toEqual(MISMATCH);
  });

  it('checks /o/sdk too', async () => {
    expect((await server.get('/o/sdk?method=rc&app_key=APPKEY&device_id=a')).body).toEqual({
      result: 'Request does not have checksum',
    });
  });

  it('loses everything that comes in a bulk and still answers Success', async () => {
    const requests = [{ ...server.common(), events: [{ key: 'a', count: 1 }] }];
    expect(await server.json('/i/bulk', { requests })).toEqual(SUCCESS);
    expect(await server.json('/i/bulk', { requests, safe_api_response: true })).toEqual(SUCCESS);
    const lost = { outcome: 'lost', info: 'App does not exist' };
    expect(server.query('SELECT outcome, info FROM entries')).toEqual([lost, lost]);
    expect(server.query('SELECT * FROM events')).toEqual([]);
  });
});
