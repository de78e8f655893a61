import type { ConsentFeature, DeviceScope } from '../../lib/index.js';
import { type AnonymousCookie, cookieValue, type KnownVisitor, visitorOf } from '../identity/anonymous.js';
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
  /** Visitors by what their cookie holds: they come again soon, and a signature takes longer to check than all the rest. */
  readonly #seen = new Map<string, KnownVisitor>();

  constructor(deps: Pick<ScopeDeps, 'client' | 'settings'>) {
    this.#deps = deps;
  }

  idFor(context: HttpContext, fresh: () => string): string | undefined {
    const { anonymous } = this.#deps.settings;
    if (typeof anonymous === 'string') return undefined;
    const known = this.#visitorOf(context, anonymous);
    if (known?.isCurrent === true) return known.id;
    const id = known?.id ?? fresh();
    context.isNewVisitor = known === undefined;
    context.setCookie(writeCookie(anonymous, cookieValue(id, anonymous), anonymous.secure ?? context.secure));
    return id;
  }

  /**
   * Taking the cookie back is what makes it happen once, also with several processes. A merge cannot be undone, so it is for
   * ids alone that were signed here as those of somebody nobody knew.
   */
  loggedIn(context: HttpContext, scope: DeviceScope): void {
    const { anonymous } = this.#deps.settings;
    if (typeof anonymous === 'string' || !anonymous.merge) return;
    const visitor = this.#visitorOf(context, anonymous)?.id;
    if (visitor === undefined) return;
    context.setCookie(writeCookie({ ...anonymous, maxAge: 0 }, '', anonymous.secure ?? context.secure));
    if (this.#merged.has(visitor) || !WORTH_MERGING.some((feature) => scope.isAllowed(feature))) return;
    if (this.#merged.size >= MAX_REMEMBERED) this.#merged.clear();
    this.#merged.add(visitor);
    this.#deps.client.device(visitor).changeId(scope.deviceId, { merge: true });
  }

  #visitorOf(context: HttpContext, anonymous: AnonymousCookie): KnownVisitor | undefined {
    // Another application below the same domain may have set one of the same name, which browsers send before ours.
    return context.findCookie(anonymous.name, (value) => {
      const seen = this.#seen.get(value);
      if (seen !== undefined) return seen;
      const visitor = visitorOf(value, anonymous);
      if (visitor === undefined) return undefined;
      if (this.#seen.size >= MAX_REMEMBERED) this.#seen.clear();
      this.#seen.set(value, visitor);
      return visitor;
    });
  }
}
