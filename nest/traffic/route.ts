import type { HttpContext } from '../scope/http-context.js';

/**
 * The route template of a request, such as `/orders/:id`; `undefined` when no route matched. Raw URLs never leave the
 * process: they carry ids and secrets, and every distinct one would become a name of its own in Countly.
 */
export function routeTemplate({ request }: HttpContext): string | undefined {
  const { route, baseUrl, routeOptions, routerPath } = request;
  const path = (route as { path?: unknown } | undefined)?.path;
  if (typeof path === 'string') return typeof baseUrl === 'string' ? baseUrl + path : path;
  // Fastify 4.10 and later; routerPath before that.
  const url = (routeOptions as { url?: unknown } | undefined)?.url ?? routerPath;
  return typeof url === 'string' ? url : undefined;
}

/** `GET`, `POST` … of a request. */
export function methodOf({ request }: HttpContext): string {
  return typeof request['method'] === 'string' ? request['method'] : 'GET';
}
