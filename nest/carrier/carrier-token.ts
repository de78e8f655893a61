import { CONSENT_FEATURES, type ConsentFeature } from '../../lib/index.js';
import { sanitizeDeviceId } from '../../lib/internal.js';
import { signatureOf, signedWith } from '../signature.js';

/** Whose work it is, as a carrier says it. Nothing else about the person is in it. */
export interface Carried {
  /** `null`: it is nobody's, and nothing is recorded. */
  readonly deviceId: string | null;
  /** What the person had agreed to; `undefined` where consent was not asked for. */
  readonly consent: readonly ConsentFeature[] | undefined;
}

/** What became of a carrier that was read. */
export type Reading =
  | { readonly ok: true; readonly carried: Carried }
  | { readonly ok: false; readonly reason: string };

export const VERSION = 'v1';
/** The longest device id of 256 characters, escaped and encoded, stays below half of it. */
export const MAX_LENGTH = 4096;
/** Seconds another machine's clock may be ahead. */
const MAX_AHEAD = 300;

/** `d` device id, `c` the features agreed to, `t` seconds since the epoch. */
interface Payload {
  readonly d: string | null;
  readonly c?: readonly ConsentFeature[];
  readonly t: number;
}

/** `v1.<payload>.<signature>`: the payload readable by everybody, the signature only made with the secret. */
export function signCarrier({ deviceId, consent }: Carried, secret: string, nowMs: number): string {
  const payload: Payload = {
    d: deviceId,
    ...(consent === undefined ? {} : { c: consent }),
    t: Math.floor(nowMs / 1000),
  };
  const text = `${VERSION}.${Buffer.from(JSON.stringify(payload)).toString('base64url')}`;
  return `${text}.${signatureOf(text, secret)}`;
}

/** Never throws, whatever came. The signature is compared in constant time, and looked at before anything is parsed. */
export function readCarrier(token: unknown, secrets: readonly string[], maxAgeSeconds: number, nowMs: number): Reading {
  if (typeof token !== 'string' || token.length > MAX_LENGTH) return refused('malformed');
  const parts = token.split('.');
  const [version, payload, signed] = parts;
  if (parts.length !== 3 || version !== VERSION || !payload || !signed) return refused('malformed');
  const text = `${version}.${payload}`;
  if (signedWith(text, signed, secrets) === -1) return refused('forged, or signed with another secret');
  const { d, c, t } = parsed(payload) ?? {};
  if (typeof t !== 'number') return refused('malformed');
  const age = nowMs / 1000 - t;
  if (age > maxAgeSeconds || age < -MAX_AHEAD) return refused('expired');
  const deviceId = d === null ? null : sanitizeDeviceId(d);
  if (deviceId === undefined) return refused('malformed');
  const consent = Array.isArray(c)
    ? CONSENT_FEATURES.filter((feature) => (c as unknown[]).includes(feature))
    : undefined;
  return { ok: true, carried: { deviceId, consent } };
}

function parsed(payload: string): Partial<Record<keyof Payload, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function refused(reason: string): Reading {
  return { ok: false, reason };
}
