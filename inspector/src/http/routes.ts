import type { Endpoint } from '../checks/check.js';

export type ProtocolRoute = Endpoint | 'ping' | 'content';

const ROUTES: ReadonlyMap<string, ProtocolRoute> = new Map<string, ProtocolRoute>([
  ['/i', 'i'],
  ['/i/bulk', 'bulk'],
  ['/i/sdk', 'fetch'],
  ['/o/sdk', 'fetch'],
  ['/i/feedback/input', 'feedback'],
  ['/o/ping', 'ping'],
  ['/o/sdk/content', 'content'],
]);

/** Which part of the protocol a path belongs to; `undefined` for a path a Countly server does not know. */
export function protocolRoute(path: string): ProtocolRoute | undefined {
  return ROUTES.get(path.length > 1 ? path.replace(/\/$/, '') : path);
}

export function isProtocolPath(path: string): boolean {
  return /^\/[io](\/|$)/.test(path);
}

/** The path below `basePath`, or `undefined` when the request is outside of it. */
export function belowBase(path: string, basePath: string): string | undefined {
  if (basePath === '') return path;
  if (path === basePath) return '/';
  return path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : undefined;
}
