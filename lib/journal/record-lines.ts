import { CRC_START, crc32, crcByte, crcEnd } from './crc32.js';
import { CHECKSUM_LENGTH, putChecksum } from './record-sink.js';

/** What was wrong in the lines read so far. */
export interface Damage {
  /** Lines that do not match their checksum. */
  damagedLines: number;
  /** The last line has no end: the process died while it was written. Normal after a crash. */
  torn: boolean;
}

const NEWLINE = 10;
const SHORTEST = 1 + CHECKSUM_LENGTH;

/**
 * Finds the records whose checksum is right, in order, and calls `record` with the place of each (without checksum and
 * newline). Everything else is counted and skipped.
 */
export class RecordLines {
  readonly damage: Damage = { damagedLines: 0, torn: false };
  readonly #bytes: Buffer;
  readonly #view: DataView;
  readonly #expected = Buffer.alloc(CHECKSUM_LENGTH);
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Reads on for at most `limit` lines; false at the end of the bytes. */
  read(limit: number, record: (start: number, end: number) => void): boolean {
    const bytes = this.#bytes;
    for (let lines = 0; lines < limit; lines++) {
      if (this.#at >= bytes.length) return false;
      const newline = bytes.indexOf(NEWLINE, this.#at);
      const end = newline < 0 ? bytes.length : newline;
      this.#line(this.#at, end, newline < 0, record);
      this.#at = end + 1;
    }
    return this.#at < bytes.length;
  }

  #line(start: number, end: number, unfinished: boolean, record: (start: number, end: number) => void): void {
    if (end - start >= SHORTEST) {
      const bodyEnd = end - CHECKSUM_LENGTH;
      if (this.#matches(crc32(this.#bytes, this.#view, start, bodyEnd), bodyEnd)) {
        record(start, bodyEnd);
        return;
      }
      const split = this.#hiddenEnd(start, end);
      if (split > 0) {
        record(start, split - CHECKSUM_LENGTH);
        this.damage.damagedLines++;
        if (split + 1 < end) this.#line(split + 1, end, unfinished, record);
        return;
      }
    }
    if (unfinished) this.damage.torn = true;
    else this.damage.damagedLines++;
  }

  /** A damaged newline glues two good records together: looks for the end of the first. */
  #hiddenEnd(start: number, end: number): number {
    let crc = CRC_START;
    for (let at = start; at < end - CHECKSUM_LENGTH; at++) {
      if (at > start && this.#matches(crcEnd(crc), at)) return at + CHECKSUM_LENGTH;
      crc = crcByte(crc, this.#bytes[at] as number);
    }
    return 0;
  }

  #matches(crc: number, at: number): boolean {
    putChecksum(this.#expected, 0, crc);
    return this.#bytes.compare(this.#expected, 0, CHECKSUM_LENGTH, at, at + CHECKSUM_LENGTH) === 0;
  }
}
