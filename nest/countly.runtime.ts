import { Countly } from '../lib/index.js';
import { counted, shownError } from '../lib/internal.js';
import { Carriers } from './carrier/carriers.js';
import { endBoot, hasBooted } from './client/booting-clients.js';
import { ClientDouble } from './client/client-double.js';
import type { ClientMaker } from './client/client-maker.js';
import { deliverAndClose } from './closing.js';
import type { ModuleSettings } from './countly.settings.js';
import { FailureObserver } from './errors/failure-observer.js';
import { FeaturePolicies } from './feature/feature-policies.js';
import { RuleWeaver } from './instrument/rule-weaver.js';
import { OutgoingRequests } from './outgoing/outgoing-requests.js';
import { HttpScope, type RequestObserver } from './scope/http-scope.js';
import type { ScopeDeps } from './scope/scope-deps.js';
import { ScopeOpener } from './scope/scope-opener.js';
import { UnitRegistry } from './scope/unit-registry.js';
import { Visits } from './sessions/visits.js';
import { traceObserver, viewObserver } from './traffic/traffic-observer.js';
import { ModuleWarnings } from './warnings.js';

const WHAT_THEN = {
  journal: 'the journal keeps what is left, and the next start sends it',
  storage: 'the storage you gave keeps what is left',
  memory: 'with durability "memory" that is lost',
} as const;

/** One registered `CountlyModule` at run time: the client, and the parts that use it. The module's composition root. */
export class CountlyRuntime implements ScopeDeps {
  readonly client: Countly;
  readonly settings: ModuleSettings;
  readonly warnings: ModuleWarnings;
  readonly scopes: ScopeOpener;
  readonly units = new UnitRegistry();
  readonly policies = new FeaturePolicies();
  readonly http: HttpScope;
  readonly failures: FailureObserver | undefined;
  readonly carriers: Carriers | undefined;
  readonly visits: Visits | undefined;
  readonly rules: RuleWeaver;
  readonly #outgoing: OutgoingRequests;

  /** What decorated methods of the application record through, when it is no client of this library. */
  readonly double: ClientDouble | undefined;
  readonly #isOwn: boolean;

  /** @param client - the one that was made, or what a test has put in its place */
  constructor(maker: ClientMaker, client: unknown) {
    const { settings } = maker;
    this.client = client instanceof Countly ? client : maker.makeDisabled();
    this.double =
      client instanceof Countly || typeof client !== 'object' || client === null
        ? undefined
        : new ClientDouble(client, settings.name);
    this.#isOwn = maker.owns(client);
    this.settings = settings;
    this.warnings = new ModuleWarnings(settings.logger);
    const { carrier, requireConsent, sessions } = this.settings;
    this.carriers = carrier && new Carriers(this.client, carrier, requireConsent, this.warnings);
    this.scopes = new ScopeOpener(this.client, this.settings, this.warnings, this.carriers);
    this.visits = sessions && new Visits(this.client, sessions, this.scopes.asksAgain, this.warnings);
    this.http = new HttpScope(this, this.#requestObservers());
    const { errors } = this.settings;
    this.failures = errors === undefined ? undefined : new FailureObserver(errors, this);
    this.rules = new RuleWeaver(settings.instrument, settings.name);
    this.#outgoing = new OutgoingRequests(this);
    // One that somebody else made is known already, if that is wanted.
    if (this.#isOwn) maker.register();
  }

  /** True when requests and messages get scopes from this module. */
  get entersScopes(): boolean {
    return this.client.enabled && this.settings.requestScope;
  }

  /** True when decorated methods of the application have something to record through. */
  get records(): boolean {
    return this.client.enabled || this.double !== undefined;
  }

  /** Starts what listens to the process, once the application is sure to be closed as well. */
  start(): void {
    if (this.client.enabled) this.#outgoing.start();
  }

  /** The boot came to its end. */
  booted(): void {
    hasBooted(this.client);
  }

  /** Delivers and releases everything. Never rejects: a shutdown must not fail because of telemetry. */
  async close(): Promise<void> {
    this.#outgoing.stop();
    this.visits?.stop();
    this.rules.unweave();
    endBoot(this.client);
    try {
      // Whoever made it closes it, and may want to look into it before.
      if (!this.#isOwn) return void (await this.client.flush({ timeout: this.settings.shutdownTimeout }));
      const { shutdownTimeout: timeout, keptIn, logger } = this.settings;
      const { pending } = await deliverAndClose(this.client, { timeout, isDurable: keptIn === 'journal' });
      const what = `${counted(pending, 'entry')} ${pending === 1 ? 'was' : 'were'}`;
      if (pending > 0) logger.warn(`${what} not delivered before the shutdown: ${WHAT_THEN[keptIn]}.`);
    } catch (error) {
      this.settings.logger.error(`Closing the Countly client failed: ${shownError(error)}`);
    }
  }

  #requestObservers(): RequestObserver[] {
    const { networkTraces, views } = this.settings;
    return [
      // First of all: what is recorded of a request belongs to a session that has begun.
      ...(this.visits === undefined ? [] : [this.visits.arrived]),
      ...(networkTraces === undefined ? [] : [traceObserver(networkTraces, this.warnings)]),
      viewObserver(views, this.policies, this.warnings),
    ];
  }
}
