import { CONSENT_FEATURES, type Countly, type DeviceScope } from '../../lib/index.js';
import { type ContextScope } from '../../lib/internal.js';
import type { ModuleWarnings } from '../warnings.js';
import type { CarrierSettings } from './carrier.options.js';
import { type Carried, readCarrier, signCarrier } from './carrier-token.js';

/** Which carriers belong to which client: two applications in one process sign with secrets of their own. */
const byClient = new WeakMap<object, Carriers>();

/** The carriers of a client; `undefined` when the option `carrier` is not set. */
export function carriersOf(client: object | undefined): Carriers | undefined {
  return client === undefined ? undefined : byClient.get(client);
}

/** Makes and reads the carriers of one client. */
export class Carriers {
  readonly #client: Countly;
  readonly #settings: CarrierSettings;
  readonly #warnings: ModuleWarnings;
  readonly #asksConsent: boolean;

  constructor(client: Countly, settings: CarrierSettings, asksConsent: boolean, warnings: ModuleWarnings) {
    this.#client = client;
    this.#settings = settings;
    this.#asksConsent = asksConsent;
    this.#warnings = warnings;
    byClient.set(client, this);
  }

  get hosts(): readonly string[] {
    return this.#settings.hosts;
  }

  /** A carrier for whom the scope stands for; `undefined` for this process's own device, which is not the other's. */
  issue(scope: ContextScope): string | undefined {
    if (!this.#client.enabled || scope.deviceId === this.#client.processDevice.deviceId) return undefined;
    // An operator may ask for consent where the developer did not.
    const asked = this.#asksConsent || this.#client.serverSettings.cr === true;
    const carried: Carried = {
      deviceId: scope.deviceId === '' ? null : scope.deviceId,
      consent: asked ? CONSENT_FEATURES.filter((feature) => scope.isAllowed(feature)) : undefined,
    };
    return signCarrier(carried, this.#settings.secrets[0], Date.now());
  }

  /** What a carrier says; one that says nothing valid costs one warning and counts as none. */
  read(token: unknown): Carried | undefined {
    if (token === undefined || token === null) return undefined;
    const { secrets, maxAge } = this.#settings;
    const reading = readCarrier(token, secrets, maxAge, Date.now());
    if (reading.ok) return reading.carried;
    this.#warnings.once(
      `carrier.${reading.reason}`,
      `A carrier is ignored, as if there were none, because it is ${reading.reason}. Further ones are ignored silently.`,
    );
    return undefined;
  }

  run<T>(scope: DeviceScope, fn: () => T): T {
    return this.#client.run(scope, fn);
  }

  /** The scope a carrier names. */
  scopeOf(token: unknown): DeviceScope | undefined {
    const carried = this.read(token);
    if (carried === undefined) return undefined;
    return this.#client.scope({ deviceId: carried.deviceId, assumedConsent: carried.consent });
  }
}
