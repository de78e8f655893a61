import type { Handler } from './background-runner.js';

/** A function that looks like `original` in every way, metadata included, and is called through `call`. */
export function handlerProxy(
  original: Handler,
  call: (target: Handler, self: unknown, args: unknown[]) => unknown,
): Handler {
  const handler = new Proxy(original, { apply: (target, self, args: unknown[]) => call(target, self, args) });
  // Schedulers and emitters find their handlers by metadata, which is kept by function.
  for (const key of Reflect.getMetadataKeys(original) as unknown[]) {
    Reflect.defineMetadata(key, Reflect.getMetadata(key, original), handler);
  }
  return handler;
}
