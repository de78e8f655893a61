import { describe, expect, it } from 'vitest';
import type { DeviceIdType, Entry, EntryKind } from '../../lib/protocol/entry.js';
import { RequestHeads } from '../../lib/protocol/head.js';
import { SDK_NAME, SDK_VERSION } from '../../lib/protocol/sdk-info.js';

const TIME = Date.UTC(2026, 0, 7, 23, 30);

function entry(deviceId: string, idType: DeviceIdType = 0, tz = 60, kind: EntryKind = 'event'): Entry {
  return { id: 1, deviceId, idType, kind, feature: 'events', timestamp: 1, tz, body: '{}', weight: 1 };
}

describe('the head of a request', () => {
  it('has the device, the SDK, the time and the day where the person is', () => {
    const { text } = new RequestHeads('1.2').of([entry('u1')], TIME);
    expect(JSON.parse(`{${text}}`)).toEqual({
      device_id: 'u1',
      t: 0,
      sdk_name: SDK_NAME,
      sdk_version: SDK_VERSION,
      av: '1.2',
      timestamp: TIME,
      hour: 0,
      dow: 4,
      tz: '60',
    });
  });

  it('is the last entry’s, and says nothing about the kind of id or the day when the caller says all himself', () => {
    const heads = new RequestHeads(undefined);
    const { text } = heads.of([entry('u0', 0, 0), entry('u1', 9, 0, 'request')], TIME);
    expect(Object.keys(JSON.parse(`{${text}}`))).toEqual(['device_id', 'sdk_name', 'sdk_version', 'timestamp', 'tz']);
  });

  it('tells how it is made up, with one frame for all that differ in device and time only', () => {
    const heads = new RequestHeads('1.2');
    const all = [heads.of([entry('u1')], TIME), heads.of([entry('u2')], TIME + 5), heads.of([entry('u3', 1)], TIME)];
    for (const { text, cut } of all) {
      if (cut === undefined) throw new Error('not cut');
      const { before, middle, after } = cut.frame;
      expect(before + cut.deviceId + middle + cut.timestamp + after).toBe(text);
    }
    expect(all[0]?.cut?.frame).toBe(all[1]?.cut?.frame);
    expect(all[0]?.cut?.frame).not.toBe(all[2]?.cut?.frame);
  });

  it.each(['a"b', 'a\\b', 'a\nb', '\ud800'])('keeps %j a text of its own', (deviceId) => {
    const { text, cut } = new RequestHeads(undefined).of([entry(deviceId)], TIME);
    expect(cut).toBeUndefined();
    expect(JSON.parse(`{${text}}`).device_id).toBe(deviceId.toWellFormed());
  });
});
