import { format, inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { CountlyOptions } from '../../lib/config/options.js';
import { Countly } from '../../lib/scope/countly.js';

const SECRET = 'hunter2-s3cr3t';
const PEM = `-----BEGIN PRIVATE KEY-----\n${SECRET}\n-----END PRIVATE KEY-----`;

describe('a configuration error holds no secret', () => {
  it.each<[string, object]>([
    ['a header with a line end', { requestOptions: { headers: { authorization: `Bearer ${SECRET}\n` } } }],
    ['a header that is no text', { requestOptions: { headers: { cookie: [SECRET] } } }],
    ['a key in place of options', { tls: PEM }],
    ['a key in an unknown option', { tlss: { key: PEM } }],
    ['a password in the url', { url: `ftp://user:${SECRET}@countly.example` }],
    ['a token in the url', { url: `https://countly.example/?token=${SECRET}` }],
    ['a password of a proxy', { proxy: [`http://user:${SECRET}@proxy`] }],
    ['a salt in a list', { salt: [SECRET] }],
    ['an app key as a buffer', { appKey: Buffer.from(SECRET) }],
    ['an app key as an object', { appKey: { value: SECRET } }],
    ['a device id in an object', { deviceId: { id: SECRET } }],
  ])('%s', (_, options) => {
    const given = { url: 'https://countly.example', appKey: 'k', ...options } as CountlyOptions;
    let error: unknown;
    try {
      new Countly(given);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(Error);
    const shown = [String(error), (error as Error).stack, inspect(error, { depth: 9 }), JSON.stringify(error)].join();
    expect(shown).not.toContain(SECRET);
    expect(shown).not.toContain(Buffer.from(SECRET).toString('hex').slice(0, 12));
  });
});

describe('whoever prints a client or a scope sees no secret', () => {
  it.each<[string, (value: unknown) => string]>([
    ['console.log', (value) => format('%o %O %s %j', value, value, value, value)],
    ['inspect of everything', (value) => inspect(value, { depth: 9, getters: true })],
    ['inside another object', (value) => inspect({ a: [{ value }] }, { depth: 9 })],
    ['JSON', (value) => String(JSON.stringify({ value }))],
    [
      'a spread copy',
      (value) => inspect({ ...(value as object) }, { depth: 3 }) + JSON.stringify({ ...(value as object) }),
    ],
  ])('%s', async (_, print) => {
    const url = `http://user:${SECRET}@127.0.0.1:9/`;
    const common = { durability: 'memory', testMode: true, logger: { error() {}, warn() {}, log() {} } } as const;
    const client = new Countly({ url, appKey: SECRET, salt: SECRET, ...common });
    for (const value of [client, client.device('visitor'), client.userData, client.stats()]) {
      expect(print(value)).not.toContain(SECRET);
    }
    expect(inspect(client)).toContain('127.0.0.1:9');
    await client.close({ timeout: 0 });
  });
});
