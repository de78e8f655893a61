import type { RequestLike } from './request-context.js';

/**
 * A header as one text, whatever an adapter made of it: a number, a list, a `Headers` object, nothing at all. Requests come
 * from more than Node's own server, and what stands in their way must not throw.
 */
export function headerOf(request: RequestLike, name: string, separator = ', '): string | undefined {
  try {
    const headers = request.headers as Readonly<Record<string, unknown>> | undefined;
    if (headers === undefined || headers === null) return undefined;
    const value = headers[name] ?? headers[name.toLowerCase()];
    if (typeof value === 'string') return value;
    return value === undefined ? fromGetter(headers, name) : textOf(value, separator);
  } catch {
    return undefined;
  }
}

/** Address of whoever asks: what the platform says, else the other end of the socket. */
export function addressOf(request: RequestLike): string | undefined {
  // Express's `ip` is a getter that throws where there is no socket.
  const told = read(() => request['ip'] ?? request['address']);
  if (typeof told === 'string') return told;
  const address = read(() => (request['socket'] as { remoteAddress?: unknown } | null | undefined)?.remoteAddress);
  return typeof address === 'string' ? address : undefined;
}

/** Whether the request came by TLS, as far as the application's `trust proxy` setting tells. */
export function isSecure(request: RequestLike): boolean {
  if (read(() => request['protocol']) === 'https') return true;
  return read(() => (request['socket'] as { encrypted?: unknown } | null | undefined)?.encrypted) === true;
}

/** What a getter of somebody else's object gives, or nothing when it throws. */
export function read<T>(get: () => T): T | undefined {
  try {
    return get();
  } catch {
    return undefined;
  }
}

function textOf(value: unknown, separator: string): string | undefined {
  if (!Array.isArray(value)) return scalarText(value);
  const texts = value.map(scalarText).filter((text) => text !== undefined);
  return texts.length === 0 ? undefined : texts.join(separator);
}

function scalarText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  // Kafka and gRPC carry bytes.
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

/** `Headers` of the fetch standard, and maps. */
function fromGetter(headers: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const { get } = headers;
  if (typeof get !== 'function' || Object.hasOwn(headers, 'get')) return undefined;
  return scalarText((get as (this: unknown, name: string) => unknown).call(headers, name.toLowerCase()));
}
