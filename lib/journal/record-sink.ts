import { crc32 } from './crc32.js';

/** Sixty-four digits for checksums; the first 36 are those of base 36. */
const DIGITS = Buffer.from('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_');
const COMMA = 44;
const PLUS = 43;
const NEWLINE = 10;
/** Digits of the largest number that is placed by hand. */
const MAX_DIGITS = 6;
/** A UTF-16 unit takes at most three bytes. */
const MAX_UTF8 = 3;
/** Texts up to this length are placed by hand as long as they are ASCII: the call into native code costs more. */
const SHORT_TEXT = 48;
const QUOTE = 34;
const BACKSLASH = 92;

/** Characters a checksum takes at the end of a record. */
export const CHECKSUM_LENGTH = 6;

/** Writes a checksum as {@link CHECKSUM_LENGTH} characters. */
export function putChecksum(bytes: Uint8Array, at: number, crc: number): void {
  for (let i = 0, shift = 30; i < CHECKSUM_LENGTH; i++, shift -= 6)
    bytes[at + i] = DIGITS[(crc >>> shift) & 63] as number;
}

function isShort(value: number): boolean {
  return value >= 0 && value < 2_147_483_647;
}

/** Returns the place behind the digits. */
function putNumber(bytes: Uint8Array, at: number, value: number): number {
  let rest = value | 0;
  let end = at + 1;
  for (let limit = 36; rest >= limit && end - at < MAX_DIGITS; limit *= 36) end++;
  for (let place = end - 1; place >= at; place--) {
    const shorter = (rest / 36) | 0;
    bytes[place] = DIGITS[rest - shorter * 36] as number;
    rest = shorter;
  }
  return end;
}

/**
 * A growing buffer that records are written into: fields, then {@link endRecord} with checksum and newline. Bytes are
 * placed by hand because building strings costs twice as much, and this runs once an event.
 */
export class RecordSink {
  length = 0;
  bytes: Buffer;
  #view: DataView;
  #recordStart = 0;

  constructor(capacity: number) {
    this.bytes = Buffer.allocUnsafeSlow(capacity);
    this.#view = new DataView(this.bytes.buffer);
  }

  reset(): void {
    this.length = 0;
    this.#recordStart = 0;
  }

  /** Starts a record of the given type (a character code). */
  startRecord(type: number): void {
    this.#reserve(1);
    this.#recordStart = this.length;
    this.bytes[this.length++] = type;
  }

  comma(): void {
    this.#reserve(1);
    this.bytes[this.length++] = COMMA;
  }

  plus(): void {
    this.#reserve(1);
    this.bytes[this.length++] = PLUS;
  }

  /** An integer in base 36. */
  number(value: number): void {
    if (!isShort(value)) {
      this.text(value.toString(36));
      return;
    }
    this.#reserve(MAX_DIGITS);
    this.length = putNumber(this.bytes, this.length, value);
  }

  text(value: string): void {
    this.#reserve(value.length * MAX_UTF8);
    if (value.length > SHORT_TEXT || !this.#ascii(value)) this.length += this.bytes.write(value, this.length);
  }

  /** A text as JSON. */
  json(value: string): void {
    this.#reserve(value.length + 2);
    const start = this.length;
    this.bytes[this.length++] = QUOTE;
    if (value.length <= SHORT_TEXT && this.#ascii(value)) {
      this.bytes[this.length++] = QUOTE;
      return;
    }
    this.length = start;
    this.text(JSON.stringify(value));
  }

  /** A whole record of three numbers, perhaps a fourth, and a text: the shape of nearly all records. */
  record(type: number, first: number, second: number, third: number, text: string, fourth = -1): void {
    if (!isShort(first) || !isShort(second) || !isShort(third)) {
      this.startRecord(type);
      this.text(`${first.toString(36)},${second.toString(36)},${third.toString(36)},`);
      if (fourth >= 0) this.text(`${fourth.toString(36)},`);
      this.text(text);
      this.endRecord();
      return;
    }
    this.#reserve(5 + 4 * MAX_DIGITS + text.length * MAX_UTF8 + CHECKSUM_LENGTH + 1);
    const bytes = this.bytes;
    const start = this.length;
    let at = start;
    bytes[at++] = type;
    at = putNumber(bytes, at, first);
    bytes[at++] = COMMA;
    at = putNumber(bytes, at, second);
    bytes[at++] = COMMA;
    at = putNumber(bytes, at, third);
    bytes[at++] = COMMA;
    if (fourth >= 0) {
      at = putNumber(bytes, at, fourth);
      bytes[at++] = COMMA;
    }
    at += bytes.write(text, at);
    putChecksum(bytes, at, crc32(bytes, this.#view, start, at));
    at += CHECKSUM_LENGTH;
    bytes[at++] = NEWLINE;
    this.length = at;
  }

  endRecord(): void {
    this.#reserve(CHECKSUM_LENGTH + 1);
    const crc = crc32(this.bytes, this.#view, this.#recordStart, this.length);
    putChecksum(this.bytes, this.length, crc);
    this.length += CHECKSUM_LENGTH;
    this.bytes[this.length++] = NEWLINE;
  }

  /** Places a text of printable ASCII that JSON does not escape; false, and nothing has happened, when it is not one. */
  #ascii(value: string): boolean {
    const bytes = this.bytes;
    let at = this.length;
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i);
      if (code < 32 || code > 126 || code === QUOTE || code === BACKSLASH) return false;
      bytes[at++] = code;
    }
    this.length = at;
    return true;
  }

  #reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.length + count));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}
