import type { AbstractHttpAdapter } from '@nestjs/core';

/** What lets a callback run in the scope of its request. */
export interface RequestEntry {
  /** Runs it where the request belongs, whatever the async context says. */
  inRequest<T>(request: object, run: () => T): T;
  /** The request's handler is through. */
  handled(request: object): void;
}

type Callback = (this: unknown, ...args: unknown[]) => unknown;
type Patched = Record<string, Callback | undefined>;
type Router = (path: string, callback: Callback) => unknown;

/** The methods by which Nest registers routes, in all of its majors. */
const ROUTES = [
  ...['get', 'post', 'put', 'patch', 'delete', 'head', 'options', 'all', 'search', 'query'],
  ...['propfind', 'proppatch', 'mkcol', 'copy', 'move', 'lock', 'unlock'],
];

/**
 * Lets everything that Nest registers from now on with this adapter run in the scope of its request: routes with their
 * guards, pipes, interceptors and filters, the middleware of `MiddlewareConsumer` and what comes after it, and the answers
 * to errors and to requests without a route. Only the methods of this one adapter are replaced.
 */
export function enterCallbacks(adapter: AbstractHttpAdapter, entry: RequestEntry): void {
  const target = adapter as unknown as Patched;
  for (const name of ROUTES) wrapArguments(target, name, (callback) => route(callback, entry));
  wrapArguments(target, 'setNotFoundHandler', (callback) => inPlace(callback, entry, 0));
  wrapArguments(target, 'setErrorHandler', (callback) => inPlace(callback, entry, 1));
  const factory = target['createMiddlewareFactory'];
  if (factory === undefined) return;
  target['createMiddlewareFactory'] = function (this: unknown, ...args) {
    const made = factory.apply(this, args);
    return made instanceof Promise
      ? made.then((router: Router) => entering(router, entry))
      : entering(made as Router, entry);
  };
}

function wrapArguments(target: Patched, name: string, wrap: (callback: Callback) => Callback): void {
  const original = target[name];
  if (typeof original !== 'function') return;
  target[name] = function (this: unknown, ...args) {
    return original.apply(
      this,
      args.map((arg) => (typeof arg === 'function' ? wrap(arg as Callback) : arg)),
    );
  };
}

function route(callback: Callback, entry: RequestEntry): Callback {
  const wrapped = function (this: unknown, request: object, response: unknown, next: unknown) {
    const result = entry.inRequest(request, () => callback.call(this, request, response, next));
    if (result instanceof Promise) {
      const handled = () => entry.handled(request);
      result.then(handled, handled);
    }
    return result;
  };
  return likeIt(wrapped as Callback, callback);
}

/** Frameworks tell by the number of parameters what is a handler of errors. */
function inPlace(callback: Callback, entry: RequestEntry, at: 0 | 1): Callback {
  const run = (self: unknown, args: unknown[]) => {
    const request = args[at];
    if (typeof request !== 'object' || request === null) return callback.apply(self, args);
    return entry.inRequest(request, () => callback.apply(self, args));
  };
  const wrapped =
    callback.length > 3
      ? function (this: unknown, error: unknown, request: unknown, response: unknown, next: unknown) {
          return run(this, [error, request, response, next]);
        }
      : function (this: unknown, first: unknown, second: unknown, third: unknown) {
          return run(this, [first, second, third]);
        };
  return likeIt(wrapped as Callback, callback);
}

/** A middleware may go on in a callback of somebody else: what comes after it must not. */
function entering(router: Router, entry: RequestEntry): Router {
  return (path, callback) =>
    router(path, (request: unknown, response: unknown, next: unknown) => {
      if (typeof request !== 'object' || request === null || typeof next !== 'function') {
        return (callback as (...args: unknown[]) => unknown)(request, response, next);
      }
      const goOn = (...args: unknown[]) => entry.inRequest(request, () => (next as Callback)(...args));
      return entry.inRequest(request, () => (callback as (...args: unknown[]) => unknown)(request, response, goOn));
    });
}

/** Fastify's adapter reads the version and the options of a route from its function. */
function likeIt(wrapped: Callback, original: Callback): Callback {
  Object.assign(wrapped, original);
  for (const key of Reflect.getMetadataKeys(original) as unknown[]) {
    Reflect.defineMetadata(key, Reflect.getMetadata(key, original), wrapped);
  }
  return wrapped;
}
