/**
 * CRC-32 (the one of zlib and PNG) over a part of a buffer, eight bytes a step. `zlib.crc32` computes the same, but the
 * call into native code costs more than the whole checksum of a record of 200 bytes, and the group commit needs one per
 * record.
 */
const TABLES = buildTables();
const T0 = TABLES[0] as Int32Array;
const T1 = TABLES[1] as Int32Array;
const T2 = TABLES[2] as Int32Array;
const T3 = TABLES[3] as Int32Array;
const T4 = TABLES[4] as Int32Array;
const T5 = TABLES[5] as Int32Array;
const T6 = TABLES[6] as Int32Array;
const T7 = TABLES[7] as Int32Array;

/** State of a checksum nothing was added to. */
export const CRC_START = -1;

/** Adds one byte; {@link crcEnd} makes the checksum of the state. */
export function crcByte(state: number, byte: number): number {
  return (T0[(state ^ byte) & 255] as number) ^ (state >>> 8);
}

/** The checksum as an unsigned 32-bit number. */
export function crcEnd(state: number): number {
  return ~state >>> 0;
}

/** Checksum of `bytes[start, end)`; `view` must cover the same memory from the same first byte. */
export function crc32(bytes: Uint8Array, view: DataView, start: number, end: number): number {
  let crc = CRC_START;
  let at = start;
  for (const last = end - 8; at <= last; at += 8) {
    const low = crc ^ view.getInt32(at, true);
    const high = view.getInt32(at + 4, true);
    // Indexes are masked to a byte: the tables always hold them.
    crc =
      (T7[low & 255] as number) ^
      (T6[(low >>> 8) & 255] as number) ^
      (T5[(low >>> 16) & 255] as number) ^
      (T4[low >>> 24] as number) ^
      (T3[high & 255] as number) ^
      (T2[(high >>> 8) & 255] as number) ^
      (T1[(high >>> 16) & 255] as number) ^
      (T0[high >>> 24] as number);
  }
  for (; at < end; at++) crc = crcByte(crc, bytes[at] as number);
  return crcEnd(crc);
}

function buildTables(): Int32Array[] {
  const first = new Int32Array(256);
  for (let i = 0; i < 256; i++) {
    let crc = i;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    first[i] = crc;
  }
  const tables = [first];
  for (let t = 1; t < 8; t++) {
    const before = tables[t - 1] as Int32Array;
    tables.push(before.map((crc) => (first[crc & 255] as number) ^ (crc >>> 8)));
  }
  return tables;
}
