import type { ConsentFeature, DeviceScope } from '../../lib/index.js';
import { visitorId } from '../identity/anonymous.js';
import { writeCookie } from '../identity/cookies.js';
import type { HttpContext } from './http-context.js';
import type { ScopeDeps } from './scope-deps.js';
import type { VisitorIds } from './scope-opener.js';

const MAX_REMEMBERED = 1000;

/** Somebody who agreed to none of these left nothing that could be merged. */
const WORTH_MERGING: readonly ConsentFeature[] = ['sessions', 'events', 'views', 'users'];

/** Keeps anonymous visitors' ids in a cookie, and joins them with the user once somebody logs in. */
export class VisitorCookies implements VisitorIds {
  readonly #deps: Pick<ScopeDeps, 'client' | 'settings'>;
  /** Visitors merged lately: requests that were already under way at the login still carry the cookie. */
  readonly #merged = new Set<string>();

  constructor(deps: Pick<ScopeDeps, 'client' | 'settings'>) {
    this.#deps = deps;
  }

  idFor(context: HttpContext, fresh: () => string): string | undefined {
    const { anonymous } = this.#deps.settings;
    if (typeof anonymous === 'string') return undefined;
    const known = visitorId(context.header('cookie'), anonymous);
    if (known !== undefined) return known;
    const id = fresh();
    context.setCookie(writeCookie(anonymous, id, anonymous.secure ?? context.secure));
    return id;
  }

  /** Taking the cookie back is what makes it happen once, also with several processes. */
  loggedIn(context: HttpContext, scope: DeviceScope): void {
    const { anonymous } = this.#deps.settings;
    if (typeof anonymous === 'string' || !anonymous.merge) return;
    const visitor = visitorId(context.header('cookie'), anonymous);
    if (visitor === undefined) return;
    context.setCookie(writeCookie({ ...anonymous, maxAge: 0 }, '', anonymous.secure ?? context.secure));
    if (this.#merged.has(visitor) || !WORTH_MERGING.some((feature) => scope.isAllowed(feature))) return;
    if (this.#merged.size >= MAX_REMEMBERED) this.#merged.clear();
    this.#merged.add(visitor);
    this.#deps.client.device(visitor).changeId(scope.deviceId, { merge: true });
  }
}
