import type { RequestLike } from '../identity/request-context.js';
import { read } from '../identity/request-values.js';
import type { HttpContext } from '../scope/http-context.js';

/** What is said in place of a template where no route matched. */
export const NO_ROUTE = '(no route)';

/**
 * The route template of a request, such as `/orders/:id`; `undefined` when no route matched. Raw URLs never leave the
 * process: they carry ids and secrets, and every distinct one would become a name of its own in Countly.
 */
export function routeTemplate({ request }: HttpContext): string | undefined {
  return read(() => templateOf(request));
}

/** `GET`, `POST` … of a request. */
export function methodOf({ request }: HttpContext): string {
  const method = read(() => request['method']);
  return typeof method === 'string' && /^[A-Z-]{1,20}$/.test(method) ? method : 'GET';
}

function templateOf(request: RequestLike): string | undefined {
  const path = (request['route'] as { path?: unknown } | null | undefined)?.path;
  if (typeof path === 'string') return request['baseUrl'] ? mountOf(request) + path : path;
  const { routeOptions } = request;
  // Fastify warns about routerPath as soon as it has routeOptions (4.10), so it is not read then.
  const url =
    routeOptions === undefined ? request['routerPath'] : (routeOptions as { url?: unknown } | null | undefined)?.url;
  return typeof url === 'string' ? url : undefined;
}

/** Where an application is mounted, as it was written. Express's `baseUrl` is what came instead: `/tenants/acme`. */
function mountOf(request: RequestLike): string {
  const path = read(() => (request['app'] as { path(): unknown }).path());
  return typeof path === 'string' ? path : '';
}
