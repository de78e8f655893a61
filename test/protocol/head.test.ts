import { describe, expect, it } from 'vitest';
import type { DeviceIdType, Entry, EntryKind } from '../../lib/protocol/entry.js';
import { RequestHead, SDK_NAME, SDK_VERSION } from '../../lib/protocol/head.js';

const TIME = Date.UTC(2026, 0, 7, 23, 30);

function entry(deviceId: string, idType: DeviceIdType = 0, tz = 60, kind: EntryKind = 'event'): Entry {
  return { id: 1, deviceId, idType, kind, feature: 'events', timestamp: 1, tz, body: '{}', weight: 1 };
}

describe('the head of a request', () => {
  it('has the device, the SDK, the time and the day where the person is', () => {
    // Texts: a server takes the numbers of midnight, Sunday and a given id for nothing.
    const text = new RequestHead('1.2').of(entry('u1'), TIME, 3);
    expect(JSON.parse(`{${text}}`)).toEqual({
      device_id: 'u1',
      t: '0',
      sdk_name: SDK_NAME,
      sdk_version: SDK_VERSION,
      av: '1.2',
      timestamp: TIME,
      hour: '0',
      dow: '4',
      tz: '60',
      rr: 3,
    });
  });

  it('says nothing about the kind of id or the day when the caller says all himself', () => {
    const head = new RequestHead(undefined);
    head.of(entry('u0', 0, 0), TIME, 1);
    const text = head.of(entry('u1', 9, 0, 'request'), TIME, 1);
    expect(Object.keys(JSON.parse(`{${text}}`))).toEqual([
      ...['sdk_name', 'sdk_version', 'tz', 'device_id', 'timestamp', 'rr'],
    ]);
  });

  it('is each entry’s own, also when it has most in common with the one before', () => {
    const reused = new RequestHead('1.2');
    const entries = [
      [entry('u1'), TIME],
      [entry('u2'), TIME + 5],
      [entry('u3', 1), TIME + 5],
      [entry('u3', 1, 0), TIME + 5],
      [entry('u3', 1, 0), TIME + 3_600_000],
      [entry('u4', 9, 0), TIME],
      [entry('u4', 9, 0, 'request'), TIME],
    ] as const;
    for (const [one, time] of entries) expect(reused.of(one, time, 1)).toBe(new RequestHead('1.2').of(one, time, 1));
  });

  it.each(['a"b', 'a\\b', 'a\nb', '\ud800'])('reads the same after its way: %j', (deviceId) => {
    const text = new RequestHead(undefined).of(entry(deviceId), TIME, 1);
    expect(JSON.parse(`{${text}}`).device_id).toBe(deviceId.toWellFormed());
  });
});
