import { types } from 'node:util';

/** Hears of the failure of a promise that nobody was to give: unheard it would end the process. */
export function hearFailure(given: unknown, failed: (error: unknown) => void = () => {}): void {
  if (types.isPromise(given)) Promise.prototype.then.call(given, undefined, failed);
}
