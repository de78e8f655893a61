import { randomFillSync } from 'node:crypto';

const BYTES = 12;
const IDS = 256;
const pool = Buffer.alloc(BYTES * IDS);
let next = IDS;

/** 16 characters that no other view has. Random bytes are drawn for many at once: a draw costs more than an id. */
export function uniqueId(): string {
  if (next === IDS) {
    randomFillSync(pool);
    next = 0;
  }
  const start = BYTES * next++;
  return pool.toString('base64url', start, start + BYTES);
}
