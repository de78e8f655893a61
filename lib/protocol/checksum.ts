import { createHash } from 'node:crypto';

/**
 * `checksum256` of the exact bytes that are sent, for apps with a salt (docs/protocol.md §2.6): over the raw body, followed by
 * the salt.
 */
export function checksum256(payload: string, salt: string): string {
  return createHash('sha256').update(payload).update(salt).digest('hex');
}
