import type { Core } from './compose.js';
import type { HookedClient } from './process-hooks.js';

/** What the end of the process asks of a client. */
export function hookedClient(
  { outbox, options, profile }: Core,
  calls: {
    /** Told about an uncaught error. */
    readonly fatal: (error: unknown) => void;
    readonly flush: (timeout: number) => Promise<unknown>;
  },
): HookedClient {
  let triedAt = -1;
  return {
    handleSignals: options.handleSignals,
    fatal: calls.fatal,
    saveSync: () => {
      profile.saveAll();
      outbox.saveSync();
    },
    hasPending: () => {
      const { accepted, pending } = outbox.stats();
      return pending > 0 && accepted !== triedAt;
    },
    deliver: () => {
      triedAt = outbox.stats().accepted;
      return calls.flush(options.shutdownTimeout);
    },
  };
}
