import { member } from '../check.js';

/** The parts of an HTTP response that decide. Header names in lower case. */
export interface ResponseParts {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Longest delay a server can ask of us, in milliseconds: one hour. A mistyped header must not mute us for days. */
export const MAX_RETRY_AFTER_MS = 3_600_000;
const MAX_SHOWN = 200;
const MAX_READ = 4000;
const BOUNDED = { bounded: true } as const;

/** What an answer of `/i` or `/i/bulk` means (docs/protocol.md §1.5, §1.6). Only a Countly server rejects, no proxy's page. */
export function readDelivery(response: ResponseParts, now: number): Delivery {
  const { status } = response;
  const answer = readServerAnswer(response.body);
  const accepted = status >= 200 && status < 300;
  if (accepted && answer?.result?.toLowerCase() === 'success') {
    return answer.info === undefined ? { kind: 'delivered' } : { kind: 'delivered', info: showable(answer.info) };
  }
  // Older servers refuse with status 200, too.
  const verdict = accepted || status === 400 ? readVerdict(answer?.result ?? '') : undefined;
  if (verdict) return verdict;
  if (status === 413) return { kind: 'split', reason: 'too large for the server or a proxy before it (413)' };
  const asked = retryAfterMs(response.headers['retry-after'], now);
  const delay = asked === undefined ? {} : { afterMs: asked };
  const retry = (reason: string, bounded = {}): Delivery => ({ kind: 'retry', reason, ...bounded, ...delay });
  const quoting = (text: string) => (answer?.result === undefined ? text : `${text}: ${showable(answer.result)}`);
  if (status === 401 || status === 403 || status === 407) {
    const message = quoting(`the server or a proxy refused us (${status})`);
    return { kind: 'hold', reason: 'unauthorized', message, ...delay };
  }
  if (status >= 300 && status < 400) return retry(redirectText(response));
  // The address is the same for every request, so a missing one says nothing about these bytes.
  if (status === 404 || status === 410) {
    return retry(`nothing answers at this address (${status}): check \`url\`, also its folder`);
  }
  if (status === 408 || status === 425 || status === 429 || status >= 500) return retry(quoting(`status ${status}`));
  // Neither proof of acceptance nor of refusal. The duplicate check makes a repetition harmless.
  if (answer?.result !== undefined) return retry(quoting(accepted ? 'unknown answer' : `status ${status}`), BOUNDED);
  const type = String(response.headers['content-type'] ?? 'no content type').split(';', 1)[0] ?? '';
  const reason = `not the answer of a Countly server (status ${status}, ${showable(type)})`;
  // A captive portal has nothing against these bytes; a firewall that says 400 or 406 may.
  return retry(reason, accepted ? {} : BOUNDED);
}

/** What a response of a fetching endpoint (`/o/sdk`) means: parsed JSON, or why there is none. */
export function readQuery({ status, body }: ResponseParts): QueryResult {
  const answer = readServerAnswer(body);
  const accepted = status >= 200 && status < 300;
  if (!answer) return { ok: false, status, message: `not the answer of a Countly server (status ${status})` };
  // An older server reports a wrong checksum with status 200 here too.
  if (!accepted || CHECKSUM.test(answer.result ?? '')) {
    return { ok: false, status, message: showable(answer.result ?? `status ${status}`) };
  }
  return { ok: true, value: answer.value };
}

/** The server knows a salt, and the request's checksum is missing or wrong. */
const CHECKSUM = /\bchecksum/i;
const WRONG_PATH = ': `url` must be the address of the server alone, without /i and without a page of it';
const HOLDS: readonly (readonly [RegExp, HoldReason, remedy: string])[] = [
  // The checksum is made when a request is sent, so everything can be kept until the salt is put right.
  [CHECKSUM, 'checksum', ''],
  // An older server says this also while its database is down.
  [/^App does not exist/, 'app-unknown', ''],
  [/^App is currently not accepting data/, 'app-paused', ''],
  [/^Invalid path/, 'wrong-path', WRONG_PATH],
];

/** Words of a Countly server that decide by themselves. */
function readVerdict(result: string): Delivery | undefined {
  for (const [words, reason, remedy] of HOLDS) {
    if (words.test(result)) return { kind: 'hold', reason, message: showable(result) + remedy };
  }
  // No repetition of the same bytes can change these.
  return /^(Missing parameter|Invalid (parameter|method)|Ignoring device_id|Request ignored)/.test(result)
    ? { kind: 'rejected', reason: showable(result) }
    : undefined;
}

// Never followed: after 301 and 302 clients repeat a POST as GET, and the app key would go to a host nobody configured.
// It is either a wrong `url` (http for https, missing `www`) or a captive portal, so everything is kept.
function redirectText({ status, headers }: ResponseParts): string {
  const location = String(headers['location'] ?? '');
  if (!URL.canParse(location)) return `redirected (${status}), which is not followed: check \`url\``;
  const { origin, pathname } = new URL(location);
  return `redirected (${status}) to ${showable(origin + pathname)}, which is not followed: check \`url\``;
}

/** `Retry-After` (seconds, or an HTTP date) in milliseconds from now; undefined when it is missing or means nothing. */
export function retryAfterMs(value: string | readonly string[] | undefined, now: number): number | undefined {
  const text = (typeof value === 'string' ? value : (value?.[0] ?? '')).trim();
  // Date.parse takes almost anything ("-5" is a year to it); every HTTP date starts with the name of a weekday.
  const date = /^[A-Z][a-z]{2,8},? /.test(text) ? Date.parse(text) : Number.NaN;
  const delay = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : date - now;
  return Number.isNaN(delay) ? undefined : Math.min(Math.max(Math.ceil(delay), 0), MAX_RETRY_AFTER_MS);
}

/** What a server put into its answer, HTML entities decoded, and all of it as `value`; undefined when it is not JSON. */
function readServerAnswer(body: string) {
  try {
    // What a proxy or a file on its way puts in front is no part of the text.
    const value: unknown = JSON.parse(body.replace(/^\ufeff/, ''));
    return { result: decoded(member(value, 'result')), info: decoded(member(value, 'info')), value };
  } catch {
    return undefined;
  }
}

const ENTITIES = new Map(Object.entries({ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }));

/** Countly escapes the strings of its answers for HTML (docs/protocol.md §1.3). */
function decoded(text: unknown): string | undefined {
  if (typeof text !== 'string') return undefined;
  // What it says stands at its start, and no more than that is ever shown.
  return text.slice(0, MAX_READ).replace(/&(#?\w+);/g, (entity: string, name: string) => {
    const code = /^#x[\da-f]+$/i.test(name) ? Number(`0${name.slice(1)}`) : /^#\d+$/.test(name) ? +name.slice(1) : 0;
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : (ENTITIES.get(name) ?? entity);
  });
}

/** Text from outside that may be logged: short, one line, nothing that steers a terminal, neither key nor checksum. */
function showable(text: string): string {
  const line = text
    .replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
    .replace(/\b(app_key|checksum(?:256)?)(["']?\s*[=:]\s*["']?)[^&\s"',}]+/gi, '$1$2***');
  return line.length > MAX_SHOWN ? `${line.slice(0, MAX_SHOWN)}…` : line;
}

export const HOLD_REASONS = ['app-unknown', 'app-paused', 'unauthorized', 'checksum', 'wrong-path'] as const;

/** Why the server, or the way to it, makes us wait with everything. `wrong-path`: it has no `/i` below the given url. */
export type HoldReason = (typeof HOLD_REASONS)[number];

/**
 * What became of one HTTP request. Expected outcomes are values: a transport never throws (docs/protocol.md §1.6).
 * - `delivered`: accepted. `info` is the server's remark when it accepted but ignored the content.
 * - `retry`: a passing fault, or an answer that proves nothing; `bounded` when these bytes themselves may be the cause,
 *   `unreachable` when nobody was there to take them.
 * - `hold`: configuration, or trouble that looks like it; keep everything, try rarely, say it loudly.
 * - `split`: too large for the way; halve it.
 * - `rejected`: a Countly server said that it can never accept these bytes. Nothing else proves that.
 *
 * `afterMs`: the server named a delay (`Retry-After`), in milliseconds; do not come back before.
 */
export type Delivery =
  | { readonly kind: 'delivered'; readonly info?: string }
  | {
      readonly kind: 'retry';
      readonly reason: string;
      readonly afterMs?: number;
      readonly bounded?: boolean;
      readonly unreachable?: boolean;
    }
  | { readonly kind: 'hold'; readonly reason: HoldReason; readonly message: string; readonly afterMs?: number }
  | { readonly kind: 'split'; readonly reason: string }
  | { readonly kind: 'rejected'; readonly reason: string };

/** What a fetching endpoint (`/o/sdk`) answered. */
export type QueryResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly status: number; readonly message: string };
