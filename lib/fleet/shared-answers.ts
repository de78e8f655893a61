import { isObject, numberOf } from '../check.js';
import type { Clock } from '../clock.js';
import type { SharedAnswers } from '../features/remote-config.js';
import type { SharedCache } from '../outbox/visitor-store.js';

/** Milliseconds after which the server is asked. */
const LONGEST_MS = 1000;
const MOST_CHARACTERS = 1_000_000;

/** Remote config that the processes of a fleet share. What the cache holds was written by somebody else; it may fail, or never answer. */
export function sharedAnswers(cache: SharedCache, clock: Clock): SharedAnswers {
  return {
    async get(question, maxAge) {
      let stop = () => {};
      const late = new Promise<undefined>((resolve) => {
        stop = clock.after(LONGEST_MS, () => resolve(undefined), true);
      });
      const asked = (async () => cache.get(question))().catch(() => undefined);
      const text = await Promise.race([asked, late]);
      stop();
      const { at, values } = readAnswer(text);
      const age = at === undefined ? Number.NaN : clock.now() - at;
      return age < maxAge * 1000 ? values : undefined;
    },
    set(question, values, maxAge) {
      if (maxAge <= 0) return;
      const text = JSON.stringify({ at: clock.now(), values });
      if (text.length <= MOST_CHARACTERS) void (async () => cache.set(question, text, maxAge * 1000))().catch(() => {});
    },
  };
}

function readAnswer(text: unknown) {
  try {
    const read: unknown = typeof text === 'string' && text.length <= MOST_CHARACTERS ? JSON.parse(text) : undefined;
    if (!isObject(read) || !isObject(read['values'])) return {};
    return { at: numberOf(read['at']), values: read['values'] };
  } catch {
    return {};
  }
}
