import type { ConsentFeature, ScopeInit } from '../../lib/index.js';
import { shownError } from '../../lib/internal.js';
import type { VisitorPlace } from '../countly.options.js';
import type { ModuleSettings } from '../countly.settings.js';
import { answerAtOnce } from '../identity/answer-at-once.js';
import type { RequestContext } from '../identity/request-context.js';
import type { ModuleWarnings } from '../warnings.js';

/** What a new scope is told of its request. Read on demand: most requests never ask for the place or the language. */
export class RequestScopeInit implements ScopeInit {
  readonly deviceId: string | null | undefined;
  readonly consent: Iterable<ConsentFeature> | undefined;
  readonly assumedConsent: Iterable<ConsentFeature> | undefined;
  readonly #context: RequestContext;
  readonly #settings: ModuleSettings;
  readonly #warnings: ModuleWarnings;

  constructor(
    deviceId: string | null | undefined,
    consent: Iterable<ConsentFeature> | undefined,
    context: RequestContext,
    settings: ModuleSettings,
    warnings: ModuleWarnings,
    assumedConsent: Iterable<ConsentFeature> | undefined,
  ) {
    this.assumedConsent = assumedConsent;
    this.deviceId = deviceId;
    this.consent = consent;
    this.#context = context;
    this.#settings = settings;
    this.#warnings = warnings;
  }

  get timezoneOffset(): number | undefined {
    const { timezone } = this.#settings;
    if (timezone === undefined) return undefined;
    const minutes = this.#contained('timezone', timezone);
    return typeof minutes === 'number' && Math.abs(minutes) <= 840 ? Math.trunc(minutes) : undefined;
  }

  get ip(): string | undefined {
    const { ip } = this.#settings;
    if (ip === false || typeof this.deviceId !== 'string') return undefined;
    const told = ip === true ? this.#context.ip : this.#contained('ip', ip);
    return typeof told === 'string' ? told : undefined;
  }

  get countryCode(): string | undefined {
    return this.#place?.countryCode;
  }

  get city(): string | undefined {
    return this.#place?.city;
  }

  get location(): string | undefined {
    return this.#place?.location;
  }

  get #place(): VisitorPlace | undefined {
    const { place } = this.#settings;
    if (place === undefined || typeof this.deviceId !== 'string') return undefined;
    const told = this.#contained('place', place);
    return typeof told === 'object' && told !== null ? told : undefined;
  }

  get locale(): string | undefined {
    const { language } = this.#settings;
    if (language === false || typeof this.deviceId !== 'string') return undefined;
    const told = language === true ? firstLanguage(this.#context) : this.#contained('language', language);
    return typeof told === 'string' ? told : undefined;
  }

  #contained<T>(option: string, resolve: (context: RequestContext) => T): T | undefined {
    try {
      return answerAtOnce(resolve(this.#context));
    } catch (error) {
      this.#warnings.once(option, `The ${option} resolver failed; the default is used: ${shownError(error)}`);
      return undefined;
    }
  }
}

/** The language a browser asks for first: `de-AT,de;q=0.9` gives `de-AT`. */
function firstLanguage(context: RequestContext): string | undefined {
  const header = context.header('accept-language');
  const tag = header === undefined ? undefined : /^\s*([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,4})/.exec(header)?.[1];
  return tag;
}
