import { describe, expect, test } from 'vitest';
import type { WireRequest } from '../../lib/http/transport.js';
import { decodeRequest, RecordingTransport } from '../../lib/testing/test-client.js';

const JSON_TYPE = 'application/json';
const FORM = 'application/x-www-form-urlencoded';

function wire(request: Partial<WireRequest>): WireRequest {
  return { path: '/i', query: '', contentType: JSON_TYPE, body: '', ...request };
}

const ORDER = { key: 'order', count: 1, segmentation: { plan: 'pro' } };
const ENTRY = { app_key: 'K', device_id: 'u1', timestamp: 1_700_000_000_000, events: [ORDER] };

describe('what was sent is readable', () => {
  test.each<[string, Partial<WireRequest>]>([
    ['JSON', { body: JSON.stringify(ENTRY) }],
    ['a form', { contentType: FORM, body: form({ ...ENTRY, events: JSON.stringify([ORDER]) }) }],
    [
      'a bulk',
      { path: '/i/bulk', body: JSON.stringify({ app_key: 'K', requests: [{ ...ENTRY, app_key: undefined }] }) },
    ],
    ['a bulk form', { path: '/i/bulk', contentType: FORM, body: form({ requests: JSON.stringify([ENTRY]) }) }],
  ])('%s', (_name, request) => {
    const [logical, ...others] = decodeRequest(wire(request));
    expect(others).toEqual([]);
    expect(logical).toMatchObject({ deviceId: 'u1', timestamp: 1_700_000_000_000, events: [ORDER] });
    expect(logical?.parameters['app_key']).toBe('K');
  });

  test('the query string wins over the body, as on the server', () => {
    const [logical] = decodeRequest(wire({ body: JSON.stringify(ENTRY), query: 'device_id=u2&checksum256=ab' }));
    expect(logical).toMatchObject({ deviceId: 'u2', parameters: { checksum256: 'ab' } });
  });

  test.each<[string, Partial<WireRequest>, number]>([
    ['no JSON', { body: 'nonsense' }, 1],
    ['a JSON list', { body: '[1]' }, 1],
    ['broken events', { contentType: FORM, body: 'device_id=u1&events=%5B%7B' }, 1],
    ['a bulk without requests', { path: '/i/bulk', body: '{}' }, 0],
    [
      'a bulk with empty entries',
      { path: '/i/bulk', body: '{"requests":[null,1,{"device_id":"u1","events":"[]"}]}' },
      1,
    ],
  ])('%s does no harm', (_name, request, count) => {
    const logical = decodeRequest(wire(request));
    expect(logical).toHaveLength(count);
    expect(logical.flatMap(({ events }) => events)).toEqual([]);
  });
});

describe('answers are scripted', () => {
  const request = wire({ body: JSON.stringify(ENTRY) });

  test('delivered by default; once, then for good', async () => {
    const transport = new RecordingTransport();
    expect(await transport.send(request)).toEqual({ kind: 'delivered' });
    transport
      .answer({ kind: 'retry', reason: 'later' })
      .answerOnce({ kind: 'split', reason: 'big' }, async () => ({ kind: 'delivered' }));
    const kinds = [];
    for (let i = 0; i < 4; i++) kinds.push((await transport.send(request)).kind);
    expect(kinds).toEqual(['split', 'delivered', 'retry', 'retry']);
    expect(transport.requests).toHaveLength(5);
    expect(transport.delivered).toHaveLength(2);
    expect(transport.events).toEqual([ORDER, ORDER]);
    transport.clear();
    expect(transport.requests).toEqual([]);
    expect(await transport.send(request)).toMatchObject({ kind: 'retry' });
  });

  test('a function sees the request, and may throw without consequence', async () => {
    const transport = new RecordingTransport().answer(({ path }) => {
      if (path === '/i') throw new Error('oops');
      return { kind: 'rejected', reason: path };
    });
    expect(await transport.send(request)).toEqual({ kind: 'retry', reason: 'the script failed: Error: oops' });
    expect(await transport.send(wire({ path: '/i/bulk' }))).toEqual({ kind: 'rejected', reason: '/i/bulk' });
  });

  test('queries too', async () => {
    const transport = new RecordingTransport();
    expect(await transport.query(request)).toEqual({ ok: true, value: {} });
    transport.answerQuery({ ok: true, value: { flag: 1 } });
    expect(await transport.query(request)).toEqual({ ok: true, value: { flag: 1 } });
    expect(transport.queries).toEqual([request, request]);
    await transport.close();
    expect(transport.closed).toBe(true);
  });
});

function form(values: Record<string, string | number>): string {
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) fields.set(name, String(value));
  return fields.toString();
}
