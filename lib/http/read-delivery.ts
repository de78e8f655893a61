import type { Delivery } from '../protocol/delivery.js';
import { retryAfterMs } from './retry-after.js';
import { readServerAnswer, type ServerAnswer, showable } from './server-text.js';

/** The parts of an HTTP response that decide. Header names in lower case. */
export interface ResponseParts {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/**
 * What a response of `/i` or `/i/bulk` means, for all server generations (docs/protocol.md §1.5, §1.6).
 *
 * @param now milliseconds since the epoch, for a `Retry-After` that is a date
 */
export function readDelivery(response: ResponseParts, now: number): Delivery {
  const { status } = response;
  const answer = readServerAnswer(response.body);
  if (status >= 200 && status < 300) return readAccepted(response, answer, now);
  if (status >= 300 && status < 400) return retry(redirectText(response), response, now);
  if (status === 400) return readBadRequest(answer);
  if (status === 413) return { kind: 'split', reason: 'too large for the server or a proxy before it (413)' };
  if (status === 401 || status === 403 || status === 407) {
    return {
      kind: 'hold',
      reason: 'unauthorized',
      message: withResult(`the server or a proxy refused us (${status})`, answer),
    };
  }
  // The address is the same for every request, so a missing one says nothing about these bytes: never drop for it.
  if (status === 404 || status === 410) {
    return retry(`nothing answers at this address (${status}): check \`url\`, also its folder`, response, now);
  }
  if (status === 405 || status === 414 || status === 431) {
    return { kind: 'rejected', reason: withResult(`refused for good (${status})`, answer) };
  }
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    return retry(withResult(`status ${status}`, answer), response, now);
  }
  return { ...retry(withResult(`status ${status}`, answer), response, now), bounded: true };
}

type Retry = Extract<Delivery, { kind: 'retry' }>;

/** Answers with status 2xx; an older server also reports a wrong checksum or device id this way. */
function readAccepted(response: ResponseParts, answer: ServerAnswer | undefined, now: number): Delivery {
  const { result, info } = answer ?? {};
  if (result === undefined) {
    // A captive portal, a proxy's page, an empty answer: the request never reached a Countly server.
    const type = String(response.headers['content-type'] ?? 'no content type').split(';', 1)[0];
    return retry(`not the answer of a Countly server (status ${response.status}, ${type})`, response, now);
  }
  if (result.toLowerCase() === 'success') {
    return info === undefined ? { kind: 'delivered' } : { kind: 'delivered', info: showable(info) };
  }
  if (isRefusedChecksum(result)) return wrongChecksum(result);
  if (isFinal(result)) return { kind: 'rejected', reason: showable(result) };
  // Unknown words: neither proof of acceptance nor of refusal. The duplicate check makes a repetition harmless.
  return { kind: 'retry', reason: `unknown answer: ${showable(result)}`, bounded: true };
}

/** Words that no repetition of the same bytes can change. */
function isFinal(result: string): boolean {
  return result.startsWith('Ignoring device_id') || result.startsWith('Request ignored');
}

/** The server knows a salt and the request's checksum is missing or wrong. */
export function isRefusedChecksum(result: string): boolean {
  return /\bchecksum/i.test(result);
}

/** The checksum is made when a request is sent, so everything can be kept until the salt is put right. */
function wrongChecksum(result: string): Delivery {
  return { kind: 'hold', reason: 'checksum', message: showable(result) };
}

function readBadRequest(answer: ServerAnswer | undefined): Delivery {
  const result = answer?.result ?? '';
  if (isRefusedChecksum(result)) return wrongChecksum(result);
  // An older server says "App does not exist" also while its database is down.
  if (result.startsWith('App does not exist'))
    return { kind: 'hold', reason: 'app-unknown', message: showable(result) };
  if (result.startsWith('App is currently not accepting data')) {
    return { kind: 'hold', reason: 'app-paused', message: showable(result) };
  }
  if (/^(Missing parameter|Invalid (parameter|path|method))/.test(result) || isFinal(result)) {
    return { kind: 'rejected', reason: showable(result) };
  }
  return { kind: 'retry', reason: withResult('status 400', answer), bounded: true };
}

function retry(reason: string, response: ResponseParts, now: number): Retry {
  const afterMs = retryAfterMs(response.headers['retry-after'], now);
  return afterMs === undefined ? { kind: 'retry', reason } : { kind: 'retry', reason, afterMs };
}

// Never followed: after 301 and 302 clients repeat a POST as GET, and the app key would go to a host nobody configured.
// It is either a wrong `url` (http for https, missing `www`) or a captive portal, so everything is kept.
function redirectText({ status, headers }: ResponseParts): string {
  const location = String(headers['location'] ?? '');
  if (!URL.canParse(location)) return `redirected (${status}), which is not followed: check \`url\``;
  const { origin, pathname } = new URL(location);
  return `redirected (${status}) to ${showable(origin + pathname)}, which is not followed: check \`url\``;
}

function withResult(text: string, answer: ServerAnswer | undefined): string {
  return answer?.result === undefined ? text : `${text}: ${showable(answer.result)}`;
}
