import { crc32 as zlibCrc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CRC_START, crc32, crcByte, crcEnd } from '../../lib/journal/crc32.js';

describe('crc32', () => {
  it('is the one of zlib, for any part of a buffer', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(20), fc.nat(20), (data, before, after) => {
        const bytes = Buffer.concat([Buffer.alloc(before, 7), data, Buffer.alloc(after, 9)]);
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
        expect(crc32(bytes, view, before, before + data.length)).toBe(zlibCrc32(data));
      }),
    );
  });

  it('comes out the same byte by byte', () => {
    const data = Buffer.from('{"key":"checkout","count":1}');
    let state = CRC_START;
    for (const byte of data) state = crcByte(state, byte);
    expect(crcEnd(state)).toBe(zlibCrc32(data));
  });
});
