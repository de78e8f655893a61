import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecordLines } from '../../lib/journal/record-lines.js';
import { CHECKSUM_LENGTH, putChecksum, RecordSink } from '../../lib/journal/record-sink.js';

function lines(sink: RecordSink): string[] {
  const bytes = sink.bytes.subarray(0, sink.length);
  const found: string[] = [];
  new RecordLines(bytes).read(1_000, (start, end) => found.push(bytes.toString('utf8', start, end)));
  return found;
}

describe('RecordSink', () => {
  it('writes numbers in base 36, of any size and sign', () => {
    const any = fc.oneof(fc.nat(50), fc.integer({ min: 0, max: 2 ** 31 + 50 }), fc.maxSafeInteger());
    fc.assert(
      fc.property(any, any, any, fc.string({ unit: 'grapheme' }), (a, b, c, text) => {
        const clean = text.replaceAll('\n', '');
        const sink = new RecordSink(8);
        sink.startRecord(0x61);
        sink.number(a);
        sink.comma();
        sink.text(clean);
        sink.endRecord();
        sink.record(0x62, a, b, c, clean);
        const [first, second] = [`a${a.toString(36)},${clean}`, `b${[a, b, c].map((n) => n.toString(36))},${clean}`];
        expect(lines(sink)).toEqual([first, second].map((line) => Buffer.from(line).toString()));
      }),
    );
  });

  it.each([0, 1, 35, 36, 1_295, 1_296, 46_655, 46_656, 60_466_175, 60_466_176, 2_147_483_646, 2_147_483_647])(
    'writes %i',
    (value) => {
      const sink = new RecordSink(64);
      sink.record(0x62, value, value, value, '');
      const digits = value.toString(36);
      expect(lines(sink)).toEqual([`b${digits},${digits},${digits},`]);
    },
  );

  it('writes a fourth number when there is one, whatever the size of the others', () => {
    const sink = new RecordSink(8);
    sink.record(0x62, 1, 2, 3, 'body', 0);
    sink.record(0x62, 1, -2, 2 ** 40, 'body', 36);
    expect(lines(sink)).toEqual(['b1,2,3,0,body', `b1,-2,${(2 ** 40).toString(36)},10,body`]);
  });

  it('ends a record with its CRC-32', () => {
    const sink = new RecordSink(64);
    sink.record(0x62, 1, 2, 3, 'body');
    const expected = Buffer.alloc(CHECKSUM_LENGTH);
    putChecksum(expected, 0, crc32('b1,2,3,body'));
    expect(sink.bytes.toString('utf8', 0, sink.length)).toBe(`b1,2,3,body${expected}\n`);
  });
});
