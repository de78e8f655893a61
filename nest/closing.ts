import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Countly, FlushResult } from '../lib/index.js';

/** How long an application waits for its deliveries. */
export interface ClosingOptions {
  /** Milliseconds, for all of it. */
  readonly timeout: number;
  /** What is not delivered waits on disk for the next start. */
  readonly isDurable: boolean;
}

const RETRIED = 'countly-weave:retried';
/** The server could not even be reached; what it might answer late is another matter. */
const UNREACHABLE = /\b(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|EADDRNOTAVAIL)\b/;
const FIRST_SLICE_MS = 100;
/** For what is written at the very end. */
const GRACE_MS = 200;

/**
 * Delivers and closes. Where the server cannot be reached and the journal holds everything, there is nothing to wait for:
 * the time of whoever stops the application is worth more than another attempt.
 */
export async function deliverAndClose(client: Countly, { timeout, isDurable }: ClosingOptions): Promise<FlushResult> {
  const until = performance.now() + timeout;
  const left = () => Math.max(0, until - performance.now());
  let unreachable = false;
  const retried = (message: unknown): void => {
    unreachable ||= UNREACHABLE.test(String((message as { readonly reason?: unknown }).reason));
  };
  subscribe(RETRIED, retried);
  try {
    const before = client.stats().delivered;
    const isVain = () => isDurable && unreachable && client.stats().delivered === before;
    // Each slice tries again what failed; a server in trouble is not to be asked ten times a second.
    for (let slice = FIRST_SLICE_MS; left() > 0 && !isVain(); slice *= 2) {
      const { pending } = await client.flush({ timeout: Math.min(slice, left()) });
      if (pending === 0) break;
    }
    return await client.close({ timeout: isVain() ? Math.min(GRACE_MS, left()) : left() });
  } finally {
    unsubscribe(RETRIED, retried);
  }
}
