import { createHash } from 'node:crypto';
import { stringOf } from './json.js';

export type ChecksumName = 'checksum' | 'checksum256';

export interface ChecksumClaim {
  name: ChecksumName;
  value: string;
}

export function hashHex(name: ChecksumName, text: string): string {
  return createHash(name === 'checksum' ? 'sha1' : 'sha256')
    .update(text, 'utf8')
    .digest('hex');
}

/** Which checksum a request carries. With both, the server looks at `checksum` only. */
export function claimOf(parameters: Record<string, unknown>): ChecksumClaim | undefined {
  for (const name of ['checksum', 'checksum256'] as const) {
    const value = parameters[name];
    if (value !== undefined && value !== null && value !== '') return { name, value: stringOf(value) };
  }
  return undefined;
}

/** The text the hash is computed over: the parameter itself is cut out at its first occurrence. */
export function withoutClaim(text: string, claim: ChecksumClaim): string {
  const parameter = `${claim.name}=${claim.value}`;
  return text.includes(`&${parameter}`) ? text.replace(`&${parameter}`, '') : text.replace(parameter, '');
}

/** True when any candidate text, with the salt appended, hashes to the claimed value (letter case does not matter). */
export function matchesChecksum(candidates: readonly string[], claim: ChecksumClaim, salt: string): boolean {
  const wanted = claim.value.toLowerCase();
  return candidates.some((text) => hashHex(claim.name, withoutClaim(text, claim) + salt) === wanted);
}
