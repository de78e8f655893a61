import { isObject, tellMisfit } from '../check.js';
import { type DeviceLocation, readLocation, tellLocation } from '../features/location.js';
import type { Core } from './compose.js';
import { contained } from './contained.js';
import type { ScopeInit } from './scope-init.js';
import type { TargetDetails } from './scope-target.js';

type Metrics = Readonly<Record<string, string>>;

/** What a scope was told, read when an entry first needs it: most requests record nothing that does. */
export class InitDetails implements TargetDetails {
  readonly #core: Core;
  readonly #init: ScopeInit;
  readonly #otherwise: DeviceLocation | undefined;
  #tz: { readonly value: number | undefined } | undefined;
  #location: { readonly value: DeviceLocation | undefined } | undefined;
  #metrics: { readonly value: Metrics | undefined } | undefined;

  /** @param otherwise where the device is when the scope was told nothing */
  constructor(core: Core, init: ScopeInit, otherwise: DeviceLocation | undefined) {
    this.#core = core;
    this.#init = init;
    this.#otherwise = otherwise;
  }

  get tz(): number | undefined {
    this.#tz ??= {
      value: contained(this.#core, 'scope', undefined, () => this.#readOffset(this.#init.timezoneOffset)),
    };
    return this.#tz.value;
  }

  get location(): DeviceLocation | undefined {
    this.#location ??= {
      value: contained(this.#core, 'scope', undefined, () => this.#readLocation()) ?? this.#otherwise,
    };
    return this.#location.value;
  }

  get metrics(): Metrics | undefined {
    this.#metrics ??= { value: contained(this.#core, 'scope', undefined, () => this.#readMetrics()) };
    return this.#metrics.value;
  }

  #readOffset(minutes: unknown): number | undefined {
    if (typeof minutes === 'number' && Number.isInteger(minutes) && Math.abs(minutes) <= 840) return minutes;
    if (minutes !== undefined) this.#tell('timezoneOffset', 'whole minutes between -840 and 840', minutes);
    return undefined;
  }

  #readLocation(): DeviceLocation | undefined {
    const { ip, countryCode, city, location } = this.#init;
    const read = readLocation({ ip, countryCode, city, location });
    tellLocation(this.#core.reporter, 'scope', { ip, countryCode, city, location }, read);
    return read;
  }

  /** Metrics that differ from this machine's, if any. */
  #readMetrics(): Metrics | undefined {
    const { metrics, locale } = this.#init as { readonly metrics?: unknown; readonly locale?: unknown };
    const given = isObject(metrics) ? Object.entries(metrics) : [];
    if (metrics !== undefined && !isObject(metrics)) this.#tell('metrics', 'an object of texts', metrics);
    const texts = given.filter(([, value]) => typeof value === 'string' && value !== '') as [string, string][];
    if (typeof locale === 'string' && locale !== '') texts.push(['_locale', locale.replace('-', '_')]);
    else if (locale !== undefined && locale !== '') this.#tell('locale', 'a text such as "de_AT"', locale);
    return texts.length === 0 ? undefined : Object.fromEntries(texts);
  }

  #tell(argument: string, expected: string, value: unknown): void {
    tellMisfit(this.#core.reporter, { call: 'scope', argument, expected, value, outcome: 'it is left out' });
  }
}
