import { describe, expect, it } from 'vitest';
import { checksum256 } from '../../lib/protocol/encode.js';
import { jsonString } from '../../lib/protocol/json-text.js';
import { callerTimestamp, localTime, Stamper } from '../../lib/protocol/timestamp.js';
import { ManualClock } from '../../lib/testing/manual-clock.js';

describe('the checksum', () => {
  it('is that of the contract, for a form and for JSON', () => {
    const form =
      'app_key=APPKEY&device_id=user-1&timestamp=1700000000000&events=%5B%7B%22key%22%3A%22login%22%2C%22count%22%3A1%7D%5D';
    expect(checksum256(form, 's3cr3t')).toBe('9ec9283eaffe2687bdd3a71e574dd78223b858190b7b9f805cb8c2ba3f13e275');
    const json = '{"app_key":"APPKEY","device_id":"user-1","timestamp":1700000000000,"begin_session":1}';
    expect(checksum256(json, 's3cr3t')).toBe('a211f1747860a34b25ff34eaa82a1bcb8286c255e19a32d81958e5d6ee8cf260');
  });
});

describe('text as JSON', () => {
  it.each(['plain', 'a"b\\c', 'line\nbreak\u0001', 'ü😀', '\u2028'])('%j is what JSON.stringify writes', (text) => {
    expect(jsonString(text)).toBe(JSON.stringify(text));
  });

  it('has no half characters', () => {
    expect(jsonString('a\ud800b')).toBe('"a\ufffdb"');
  });
});

describe('time', () => {
  it('follows the clock however much happens, and does not go back by its small steps', () => {
    const clock = new ManualClock(1_700_000_000_000);
    const stamper = new Stamper(clock);
    for (let i = 0; i < 5000; i++) stamper.next();
    expect(stamper.next()).toBe(1_700_000_000_000);
    clock.setNow(1_699_999_999_100);
    expect(stamper.next()).toBe(1_700_000_000_000);
    clock.setNow(1_700_000_000_005);
    expect(stamper.next()).toBe(1_700_000_000_005);
  });

  it.each([1001, 60_000, 5 * 3_600_000, 86_400_000, 10 * 365 * 86_400_000])(
    'is right again at once after a clock that was %d ms ahead',
    (ahead) => {
      const clock = new ManualClock(1_700_000_000_000);
      const stamper = new Stamper(clock);
      clock.setNow(1_700_000_000_000 + ahead);
      stamper.next();
      clock.setNow(1_700_000_000_001);
      expect(stamper.next()).toBe(1_700_000_000_001);
    },
  );

  it.each([
    [Date.UTC(2026, 10, 22, 0, 0), 0, 0, 0],
    [Date.UTC(2026, 10, 21, 23, 30), 60, 0, 0],
    [Date.UTC(2026, 10, 22, 0, 0), -60, 23, 6],
    [Date.UTC(2026, 10, 22, 0, 0), 345, 5, 0],
  ])('%d at %d minutes east is hour %d of day %d', (timestamp, tz, hour, dow) => {
    expect(localTime(timestamp, tz)).toEqual({ hour, dow });
  });

  it.each<[unknown, number | undefined]>([
    [1_600_000_000_000, 1_600_000_000_000],
    ['1600000000000', 1_600_000_000_000],
    [1_600_000_000, 1_600_000_000_000],
    [1_600_000_000.5, 1_600_000_000_500],
    [new Date(1_600_000_000_000), 1_600_000_000_000],
    [1_800_000_000_000, 1_700_000_000_000],
    [1_600_000_000_000_000, undefined],
    [12, undefined],
    [-1_600_000_000, undefined],
    ['2020-01-01', undefined],
    [Number.NaN, undefined],
    [{}, undefined],
  ])('of a caller: %j', (given, expected) => {
    expect(callerTimestamp(given, 1_700_000_000_000)).toBe(expected);
  });
});
