import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeBulk, encodeSingle, requestJson } from '../../lib/protocol/encode.js';
import type { Entry, SealedRequest } from '../../lib/protocol/entry.js';

const APP_KEY = 'key "1" ü';

const anyContent = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }));
const anyRequest: fc.Arbitrary<SealedRequest> = fc
  .record({ deviceId: fc.string({ unit: 'grapheme', minLength: 1 }), event: fc.boolean(), list: fc.array(anyContent) })
  .map(({ deviceId, event, list }) => {
    const bodies = event ? [{ key: 'a' }, ...list].map((it) => JSON.stringify(it)) : ['"crash":{"ü":"🦜"}'];
    return {
      deviceId,
      path: '/i/bulk',
      head: `"device_id":${JSON.stringify(deviceId)},"timestamp":1700000000000`,
      entries: bodies.map((body) => ({ kind: event ? 'event' : 'request', body }) as Entry),
    };
  });
const someRequests = fc.array(anyRequest, { minLength: 1, maxLength: 20 });

/** What a server reads. */
const meaning = ({ head, entries }: SealedRequest): unknown => {
  const bodies = entries.map(({ body }) => body).join(',');
  const content = entries[0]?.kind === 'request' ? bodies : `"events":[${bodies}]`;
  return { app_key: APP_KEY, ...JSON.parse(`{${head},${content}}`) };
};

describe('the body of a request', () => {
  it('is what the request holds, as JSON and as a form', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        expect(JSON.parse(requestJson(request, APP_KEY))).toEqual(meaning(request));
        expect(encodeSingle(request, APP_KEY, 'json')).toEqual({
          contentType: 'application/json',
          body: requestJson(request, APP_KEY),
        });
        const form = new URLSearchParams(encodeSingle(request, APP_KEY, 'form').body);
        expect(form.get('app_key')).toBe(APP_KEY);
        expect(form.get('device_id')).toBe(request.deviceId);
      }),
    );
  });
});

describe('the body of a bulk', () => {
  it('holds all requests, as JSON and as a form', () => {
    fc.assert(
      fc.property(someRequests, (requests) => {
        const all = requests.map(meaning);
        const json = encodeBulk(requests, APP_KEY, 'json');
        expect(json.contentType).toBe('application/json');
        expect(JSON.parse(json.body)).toEqual({ app_key: APP_KEY, safe_api_response: true, requests: all });
        const form = new URLSearchParams(encodeBulk(requests, APP_KEY, 'form').body);
        expect(Object.fromEntries(form)).toMatchObject({ app_key: APP_KEY, safe_api_response: 'true' });
        expect(JSON.parse(form.get('requests') ?? '')).toEqual(all);
      }),
    );
  });
});
