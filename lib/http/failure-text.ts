/** A failure this folder found itself; its message is safe to show. */
export class LocalFailure extends Error {
  override readonly name = 'LocalFailure';
}

const TEXT: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'host name not found',
  EAI_AGAIN: 'host name could not be looked up',
  ECONNRESET: 'connection was cut',
  EPIPE: 'connection was cut',
  ETIMEDOUT: 'no connection in time',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  CERT_HAS_EXPIRED: 'certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate is self-signed: pass its authority as `ca`',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate is self-signed: pass its authority as `ca`',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate is not trusted: pass its authority as `ca`',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate is not trusted: pass its authority as `ca`',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate is for another host',
};

/**
 * A failed attempt in a few words that may be logged. Built from the error's code and never from a foreign message,
 * which may quote a URL or a header.
 */
export function failureText(error: unknown): string {
  if (error instanceof LocalFailure) return error.message;
  if (typeof error !== 'object' || error === null) return 'network error';
  const { code } = error as { code?: unknown };
  if (typeof code !== 'string') return 'network error';
  const text = Object.hasOwn(TEXT, code) ? TEXT[code] : undefined;
  return text === undefined ? `network error (${code})` : `${text} (${code})`;
}
