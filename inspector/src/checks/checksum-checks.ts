import { type ChecksumClaim, claimOf, matchesChecksum, withoutClaim } from '../protocol/checksum.js';
import type { Check, RequestSubject } from './check.js';

interface Variant {
  name: string;
  change(text: string): string;
}

/** Usual ways to hash the wrong text. When one of them explains the value, the finding can say what went wrong. */
const VARIANTS: readonly Variant[] = [
  { name: 'the text before percent-encoding', change: safeDecode },
  { name: 'the text without "rr", which was added later', change: (text) => text.replace(/(^|&)rr=[^&]*/, '') },
  { name: 'the parameters in alphabetical order', change: (text) => text.split('&').sort().join('&') },
  { name: 'the text with "+" instead of "%20"', change: (text) => text.replaceAll('%20', '+') },
  { name: 'the text with "%20" instead of "+"', change: (text) => text.replaceAll('+', '%20') },
  { name: 'the JSON body written again', change: rewriteJson },
];

export const CHECKSUM_CHECKS: ReadonlyArray<Check<RequestSubject>> = [
  {
    row: 25,
    find: (subject) => {
      const state = stateOf(subject);
      if (state.kind === 'missing') return 'no "checksum" or "checksum256" although the app has a salt';
      return state.kind === 'wrong' ? `"${state.claim.name}" does not match query or body` : undefined;
    },
  },
  {
    row: 26,
    find: (subject) => {
      const state = stateOf(subject);
      return state.kind === 'other-text' ? `"${state.claim.name}" was computed over ${state.variant}` : undefined;
    },
  },
];

type State =
  | { kind: 'fine' | 'missing' }
  | { kind: 'wrong'; claim: ChecksumClaim }
  | { kind: 'other-text'; claim: ChecksumClaim; variant: string };

function stateOf({ decoded, endpoint, settings }: RequestSubject): State {
  const { salt } = settings;
  // Of a bulk the server looks at no checksum at all; row 24 says so.
  if (salt === undefined || endpoint === 'bulk' || endpoint === 'feedback') return { kind: 'fine' };
  const claim = claimOf(decoded.parameters);
  if (claim === undefined) return { kind: 'missing' };
  if (matchesChecksum(decoded.signedTexts, claim, salt)) return { kind: 'fine' };
  if (matchesChecksum(decoded.signedTexts, claim, '')) {
    return { kind: 'other-text', claim, variant: 'the right text, but without the salt' };
  }
  for (const variant of VARIANTS) {
    const texts = decoded.signedTexts.map((text) => variant.change(withoutClaim(text, claim)).replace(/^&/, ''));
    if (matchesChecksum(texts, claim, salt)) return { kind: 'other-text', claim, variant: variant.name };
  }
  return { kind: 'wrong', claim };
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function rewriteJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return text;
  }
}
