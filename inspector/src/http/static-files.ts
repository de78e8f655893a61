import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';

/** What `scripts/build-page.mjs` made; the same relative path works from `src/` and `dist/`. */
const ROOT = new URL('../../dist/page/', import.meta.url);

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-cache',
};

/** Serves one file of the page; `false` when there is no such file. */
export async function serveStatic(path: string, response: ServerResponse): Promise<boolean> {
  const name = path === '/' ? 'index.html' : path.slice(1);
  const extension = /^(?:[\w-]+\/)*[\w-]+\.(\w+)$/.exec(name)?.[1];
  const type = extension === undefined ? undefined : TYPES[extension];
  if (type === undefined) return false;
  try {
    const content = await readFile(fileURLToPath(new URL(name, ROOT)));
    response.writeHead(200, { 'content-type': type, 'content-length': content.length, ...SECURITY_HEADERS });
    response.end(content);
    return true;
  } catch {
    return false;
  }
}
