import { isThenable } from './deadline.js';

/**
 * What a callback that has to answer at once gave. A promise is no answer; if it rejects, that stays inside, because an
 * unhandled rejection would end the process.
 */
export function answerAtOnce<T>(given: T): T | undefined {
  if (!isThenable(given)) return given;
  Promise.resolve(given).then(undefined, () => {});
  return undefined;
}
