import type { IncomingMessage, ServerResponse } from 'node:http';

export function readCookie(request: IncomingMessage, name: string): string | undefined {
  for (const pair of request.headers.cookie?.split(';') ?? []) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return decode(pair.slice(at + 1).trim());
  }
  return undefined;
}

const YEAR_SECONDS = 31_536_000;

export function setCookie(response: ServerResponse, name: string, value: string): void {
  response.appendHeader(
    'set-cookie',
    `${name}=${encodeURIComponent(value)}; Path=/; Max-Age=${YEAR_SECONDS}; HttpOnly; SameSite=Lax`,
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
