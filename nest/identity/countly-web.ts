import { CONSENT_FEATURES, CountlyConfigError } from '../../lib/index.js';
import { optionRules as is } from '../../lib/internal.js';
import type { ConsentAnswer } from './consent.js';
import { findCookie, readCookie } from './cookies.js';
import type { RequestContext } from './request-context.js';
import type { DeviceIdResolver } from './resolvers.js';

/** Settings of {@link fromCountlyWeb}. */
export interface CountlyWebOptions {
  /** Name of the cookie that the page writes. @default 'countly_web' */
  readonly cookie?: string | undefined;
  /** Name of the header that the page sends where no cookie goes. @default 'x-countly-web' */
  readonly header?: string | undefined;
  /**
   * App key of the page, where the SDK of several keeps cookies of its own (`storage: 'cookie'`).
   * @default whichever cookie of the SDK comes first
   */
  readonly appKey?: string | undefined;
}

/** A resolver of device ids that knows what the visitor agreed to as well. */
export interface CountlyWebResolver extends DeviceIdResolver {
  /** For the option `consent`: what the page was agreed to; unknown before the page has said it. */
  readonly consent: (context: RequestContext) => ConsentAnswer;
}

const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;
const RULES: is.Members = {
  cookie: is.pattern('the name of a cookie, without blanks and separators', TOKEN, 'plain'),
  header: is.pattern('the name of a header', TOKEN, 'plain'),
  appKey: is.text,
};

/** What a page writes that has no id (yet): the words JavaScript makes of nothing. */
const NO_ID = new Set(['', 'undefined', 'null']);
/** The SDK's own cookie: `<app key>/cly_id`, below a namespace if it has one. */
const OWN_COOKIE = /(?:^|;)((?:[^=;]*\/)?([^=;/]+)\/cly_id)=/g;

interface Said {
  readonly id: string;
  readonly features: readonly string[] | undefined;
}

/**
 * The visitor that Countly's web SDK knows on the page: one person in the browser and behind it. The page says who that is, and
 * what they agreed to, with three lines after its `Countly.init`; without them, only the SDK's own cookie of
 * `storage: 'cookie'` is seen, and no consent:
 *
 * ```html
 * <script>
 *   const visitor = () => encodeURIComponent(Countly.get_device_id() ?? '') + ':' + Countly.features.filter((name) => Countly.check_consent(name)).join('.');
 *   const share = () => { document.cookie = `countly_web=${visitor()}; path=/; max-age=31536000; samesite=lax`; };
 *   Countly.q.push(() => { share(); setInterval(share, 500); });
 * </script>
 * ```
 *
 * Where no cookie goes, send the header: `fetch(url, { headers: { 'x-countly-web': visitor() } })`. Everybody can send any
 * id; with it no user is ever merged here, the page does that itself with `Countly.change_id(userId, true)`.
 *
 * @throws CountlyConfigError for options that are none
 * @example
 * ```ts
 * import { CountlyModule, fromCountlyWeb, fromUser } from 'countly-weave/nest';
 *
 * const web = fromCountlyWeb();
 * const countly = CountlyModule.forRoot({
 *   url: 'http://127.0.0.1:6010',
 *   appKey: 'shop',
 *   deviceId: [fromUser<{ id: string }>((user) => user.id), web],
 *   consent: web.consent,
 *   anonymous: 'cookie', // who the first page is for; `@CountlyDeviceId()` hands that id to it
 * });
 * ```
 */
export function fromCountlyWeb(options: CountlyWebOptions = {}): CountlyWebResolver {
  const problems = is.problemsIn(Object(options) as object, RULES, 'fromCountlyWeb.');
  if (problems.length > 0) throw new CountlyConfigError(problems);
  const { cookie = 'countly_web', header = 'x-countly-web', appKey } = options;
  const said = (context: RequestContext) => read(context.header(header)) ?? inCookie(context, cookie);
  return Object.assign((context: RequestContext) => said(context)?.id ?? ownCookie(context, appKey), {
    consent: (context: RequestContext): ConsentAnswer => {
      const features = said(context)?.features;
      return features && CONSENT_FEATURES.filter((feature) => features.includes(feature));
    },
  });
}

/** `<id>:<feature>.<feature>`, the id percent-encoded; without a colon nothing is said of consent. */
function read(text: string | undefined): Said | undefined {
  if (text === undefined) return undefined;
  const colon = text.indexOf(':');
  const id = decoded(colon === -1 ? text : text.slice(0, colon));
  if (id === undefined || NO_ID.has(id)) return undefined;
  return { id, features: colon === -1 ? undefined : text.slice(colon + 1).split('.') };
}

/** Read as it came: decoded, a colon of the id could not be told from ours. */
function inCookie(context: RequestContext, name: string): Said | undefined {
  return findCookie(context.header('cookie')?.replaceAll('%', '%25'), name, read);
}

function ownCookie(context: RequestContext, appKey: string | undefined): string | undefined {
  const header = context.header('cookie');
  if (header === undefined || !header.includes('/cly_id=')) return undefined;
  for (const [, name = '', key] of header.matchAll(OWN_COOKIE)) {
    if (appKey !== undefined && key?.trim() !== appKey) continue;
    const id = readCookie(header, name.trim());
    if (id !== undefined && !NO_ID.has(id)) return id;
  }
  return undefined;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
