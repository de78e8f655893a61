import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isEntry } from '../../lib/protocol/entry.js';
import { entryOf, fieldsOf, takenBack } from '../../lib/redis/entry-fields.js';
import { statusFrom } from '../../lib/redis/fleet-status.js';
import { mergedId } from '../../lib/redis/held-merges.js';
import { sealFrom } from '../../lib/redis/lane-reader.js';
import { featuresIn } from '../../lib/redis/withdrawals.js';
import { oldEntry } from '../outbox/harness.js';
import { json } from './hostile.js';

// What stands in Redis anybody may have written who has its password.
describe('Redis', () => {
  it('entries of a lane are entries, or none', () => {
    const field = fc.oneof(
      json(),
      fc.constantFrom('d', 'm', 'b', fieldsOf(oldEntry(1)), '{"key":"n"}', '1|0|e|events|0|1e99'),
    );
    const nearly = fc.tuple(
      fc.constantFrom('1-1', '1', '-1-1', '99999999999999999999-1', ''),
      fc.array(field, { maxLength: 7 }),
    );
    fc.assert(
      fc.property(fc.oneof(json(), nearly), (found) => {
        const entry = entryOf(found);
        if (entry !== undefined) expect(isEntry(entry)).toBe(true);
      }),
    );
    const good = oldEntry(7);
    expect(entryOf(['7-1', ['d', good.deviceId, 'm', fieldsOf(good), 'b', good.body]])).toEqual(good);
  });

  it.each([
    ['event', '}'],
    ['event', ''],
    ['event', 'null'],
    ['event', '{"key":"x"}],"app_key":"OTHER","x":[{"key":"y"}'],
    ['request', '"crash":{'],
    ['request', '"crash":{}},{"app_key":"OTHER"'],
  ] as const)('an entry of kind %s with the body %s would spoil a request, and is none', (kind, body) => {
    const entry = { ...oldEntry(1), kind, body };
    expect(entryOf(['1-1', ['d', entry.deviceId, 'm', fieldsOf(entry), 'b', body]])).toBeUndefined();
  });

  it('a state has numbers in it, whatever is stored', () => {
    fc.assert(
      fc.property(json('host', 'waiting'), json('accepted'), json(), (ledger, pods, lanes) => {
        const status = statusFrom(ledger, [pods, ['id', pods]], [lanes]);
        const { accepted, delivered, pending } = status.ledger;
        for (const count of [accepted, delivered, pending, status.bytes, status.entries]) expect(count).not.toBeNaN();
      }),
    );
  });

  it('requests, withdrawals and merges are read, or there are none', () => {
    fc.assert(
      fc.property(json('consent', 'old_device_id', 'events'), (value) => {
        const text = JSON.stringify(value);
        for (const { ids, head } of [...sealFrom(value), ...sealFrom(`/i\n${text}`)])
          expect([ids, typeof head]).toBeTruthy();
        for (const upTo of featuresIn(text).values()) expect(typeof upTo).toBe('number');
        for (const name of ['consent', 'old_device_id']) {
          const entry = { ...oldEntry(1), feature: 'core' as const, body: `"${name}":${text}` };
          expect(Array.isArray(takenBack(entry))).toBe(true);
          expect(['string', 'undefined']).toContain(typeof mergedId(entry));
        }
      }),
    );
  });
});
