import { isRefusedChecksum, type ResponseParts } from './read-delivery.js';
import { readServerAnswer, showable } from './server-text.js';
import type { QueryResult } from './transport.js';

/** What a response of a fetching endpoint (`/o/sdk`) means: parsed JSON, or why there is none. */
export function readQuery({ status, body }: ResponseParts): QueryResult {
  const answer = readServerAnswer(body);
  const accepted = status >= 200 && status < 300;
  if (!answer) return { ok: false, status, message: `not the answer of a Countly server (status ${status})` };
  // An older server reports a wrong checksum with status 200 here too.
  if (!accepted || (answer.result !== undefined && isRefusedChecksum(answer.result))) {
    return { ok: false, status, message: showable(answer.result ?? `status ${status}`) };
  }
  return { ok: true, value: answer.value };
}
