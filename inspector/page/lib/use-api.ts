import { useEffect, useState } from 'preact/hooks';
import { get } from './api.js';
import { pulse } from './live.js';

/** What is known of an answer: nothing yet, the answer, or why there is none. */
export interface Loaded<Answer> {
  readonly data: Answer | undefined;
  /** The question that `data` answers: while filters change, the one before. */
  readonly answers: string | undefined;
  /** The inspector has no such thing. */
  readonly isMissing: boolean;
  readonly error: string | undefined;
  /** Reads it again at once. */
  reload(): void;
}

/** A slow answer makes the next question wait longer, so that the page never keeps the inspector busy. */
const REST = 4;

/** An answer of the API that follows what happens. Another path starts anew; without a path nothing is asked. */
export function useApi<Answer>(path: string | undefined): Loaded<Answer> {
  const [state, setState] = useState<{ path: string | undefined; data?: Answer; isMissing?: boolean; error?: string }>({
    path,
  });
  const [version, setVersion] = useState(0);
  // Another version means: ask again
  useEffect(() => {
    if (path === undefined) return;
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isBusy = false;
    let isStale = false;
    const read = async (): Promise<void> => {
      if (isBusy) {
        isStale = true;
        return;
      }
      isBusy = true;
      isStale = false;
      const startedAt = performance.now();
      try {
        const data = await get<Answer>(path, abort.signal);
        if (!abort.signal.aborted) setState(data === undefined ? { path, isMissing: true } : { path, data });
      } catch (error) {
        if (abort.signal.aborted) return;
        setState((before) => ({ ...before, path, error: error instanceof Error ? error.message : String(error) }));
      }
      timer = setTimeout(
        () => {
          isBusy = false;
          if (isStale) void read();
        },
        (performance.now() - startedAt) * REST,
      );
    };
    let isFirst = true;
    const stop = pulse.subscribe(() => {
      if (!isFirst) void read();
      isFirst = false;
    });
    void read();
    return () => {
      stop();
      abort.abort();
      clearTimeout(timer);
    };
  }, [path, version]);
  // The same question with other filters: what was known stays until the answer is there, so that nothing jumps.
  const isCurrent = path !== undefined && state.path?.split('?')[0] === path.split('?')[0];
  return {
    data: isCurrent ? state.data : undefined,
    answers: state.path,
    isMissing: isCurrent && state.isMissing === true,
    error: isCurrent ? state.error : undefined,
    reload: () => setVersion((before) => before + 1),
  };
}
