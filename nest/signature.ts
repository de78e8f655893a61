import { createHmac, timingSafeEqual } from 'node:crypto';

/** What only somebody with the secret can put beside a text. */
export function signatureOf(text: string, secret: string): string {
  return createHmac('sha256', secret).update(text).digest('base64url');
}

/**
 * Which of the secrets a text was signed with; -1 for none. Compared in constant time and without an early end: neither the
 * signature nor which secret fits is to be learnt from the time it takes.
 */
export function signedWith(text: string, signature: string, secrets: readonly string[]): number {
  let found = -1;
  secrets.forEach((secret, i) => {
    if (isSame(signature, signatureOf(text, secret)) && found === -1) found = i;
  });
  return found;
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
