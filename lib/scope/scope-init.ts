import type { ConsentFeature } from '../protocol/consent-feature.js';
import type { PlaceOptions } from './scope-api.js';

/**
 * What is known of the person or unit of work a scope stands for. Everything but `deviceId` and consent may have getters:
 * it is read when an entry first needs it, so a scope that records nothing costs next to nothing.
 */
export interface ScopeInit extends PlaceOptions {
  /** Whom entries are recorded under; `null` for nobody: nothing is recorded then. @default the process's own device */
  readonly deviceId?: string | null | undefined;
  /** Features this person agreed to; needs `requireConsent`. @default what the device agreed to before */
  readonly consent?: Iterable<ConsentFeature> | undefined;
  /**
   * Features the person had agreed to as far as somebody else knew, such as the process that queued a job. Holds for this
   * scope alone and only while nothing is known of the device here; unlike `consent` it is no news for the server.
   */
  readonly assumedConsent?: Iterable<ConsentFeature> | undefined;
  /** The person's time zone: minutes east of UTC. @default the client's `timezoneOffset` */
  readonly timezoneOffset?: number | undefined;
  /** The person's language and country, such as `de_AT`; reported when a session begins. @default this machine's */
  readonly locale?: string | undefined;
  /** Further metrics of the person's device, such as `_os` or `_browser` (docs/protocol.md §3.3). @default this machine's */
  readonly metrics?: Readonly<Record<string, string>> | undefined;
}
