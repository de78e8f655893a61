import { member, thrownName } from '../check.js';
import type { Clock } from '../clock.js';
import { type Delivery, HOLD_REASONS, MAX_RETRY_AFTER_MS, type QueryResult } from '../protocol/answer.js';
import type { Transport } from './transport.js';

/** What a transport may take beyond the timeout it was told. */
const GRACE_MS = 1000;
const MAX_TEXT = 200;

/** A transport of the user's own, which may break its contract: what it throws, hands out wrong or never ends is a failure. */
export function containedTransport(transport: Transport, clock: Clock, requestTimeout: number): Transport {
  function within<T>(work: () => unknown, read: (answer: unknown) => T, failed: (why: string) => T): Promise<T> {
    return new Promise((resolve) => {
      const timeoutMs = requestTimeout + GRACE_MS;
      const late = () => resolve(failed(`the transport did not answer within ${timeoutMs} ms`));
      const cancel = clock.after(timeoutMs, late);
      const end = (outcome: T): void => {
        cancel();
        resolve(outcome);
      };
      const broke = (error: unknown) => end(failed(`the transport failed (${thrownName(error)})`));
      try {
        Promise.resolve(work()).then((answer) => end(read(answer)), broke);
      } catch (error) {
        broke(error);
      }
    });
  }
  return {
    send: (request) =>
      within(
        () => transport.send(request),
        deliveryFrom,
        (reason): Delivery => ({ kind: 'retry', reason }),
      ),
    query: (request) =>
      within(
        () => transport.query(request),
        resultFrom,
        (message): QueryResult => ({ ok: false, status: 0, message }),
      ),
    close: async () => {
      await transport.close();
    },
  };
}

/** What was answered as far as it means something. Nothing but its own word makes a delivery of it, or a rejection. */
function deliveryFrom(answer: unknown): Delivery {
  const reason = textAt(answer, 'reason');
  const afterMs = member(answer, 'afterMs');
  const asked = typeof afterMs === 'number' && afterMs >= 0 ? { afterMs: Math.min(afterMs, MAX_RETRY_AFTER_MS) } : {};
  const kind = member(answer, 'kind');
  switch (kind) {
    case 'delivered': {
      const info = member(answer, 'info');
      return typeof info === 'string' ? { kind, info: info.slice(0, MAX_TEXT) } : { kind };
    }
    case 'split':
    case 'rejected':
      return { kind, reason };
    case 'hold': {
      const known = HOLD_REASONS.find((it) => it === member(answer, 'reason')) ?? 'unauthorized';
      return { kind, reason: known, message: textAt(answer, 'message'), ...asked };
    }
    case 'retry': {
      const flags = {
        bounded: member(answer, 'bounded') === true,
        unreachable: member(answer, 'unreachable') === true,
      };
      return { kind, reason, ...flags, ...asked };
    }
    default:
      return { kind: 'retry', reason: 'the transport answered nothing that has a meaning' };
  }
}

function resultFrom(answer: unknown): QueryResult {
  if (member(answer, 'ok') === true) return { ok: true, value: member(answer, 'value') };
  const status = member(answer, 'status');
  return { ok: false, status: typeof status === 'number' ? status : 0, message: textAt(answer, 'message') };
}

function textAt(answer: unknown, name: string): string {
  const text = member(answer, name);
  return typeof text === 'string' && text !== '' ? text.slice(0, MAX_TEXT) : 'the transport does not say why';
}
