import type { HttpContext } from '../scope/http-context.js';

/**
 * The route template of a request, such as `/orders/:id`; `undefined` when no route matched. Raw URLs never leave the
 * process: they carry ids and secrets, and every distinct one would become a name of its own in Countly.
 */
export function routeTemplate({ request }: HttpContext): string | undefined {
  const path = (request['route'] as { path?: unknown } | undefined)?.path;
  if (typeof path === 'string') {
    const { baseUrl } = request;
    return typeof baseUrl === 'string' ? baseUrl + path : path;
  }
  const { routeOptions } = request;
  // Fastify warns about routerPath as soon as it has routeOptions (4.10), so it is not read then.
  const url = routeOptions === undefined ? request['routerPath'] : (routeOptions as { url?: unknown }).url;
  return typeof url === 'string' ? url : undefined;
}

/** `GET`, `POST` … of a request. */
export function methodOf({ request }: HttpContext): string {
  const { method } = request;
  return typeof method === 'string' ? method : 'GET';
}
