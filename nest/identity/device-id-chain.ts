import { type ConsentFeature } from '../../lib/index.js';
import { sanitizeDeviceId, shownError } from '../../lib/internal.js';
import type { Carriers } from '../carrier/carriers.js';
import { carrierOf, readsCarrier } from '../carrier/from-carrier.js';
import type { ModuleWarnings } from '../warnings.js';
import { isThenable, NO_ANSWER, withinDeadline } from './deadline.js';
import type { RequestContext } from './request-context.js';
import { asksAfterGuards, type DeviceIdAnswer, type DeviceIdResolver, namesUser } from './resolvers.js';

/** Who answered: the device id, and the position of the resolver; resolvers before it had no answer. */
export interface Found {
  /** `null`: a carrier says that it is nobody's. */
  readonly deviceId: string | null;
  readonly position: number;
  /** The id is that of a person who logged in. */
  readonly user: boolean;
  /** What the person had agreed to, as a carrier says. */
  readonly assumedConsent: readonly ConsentFeature[] | undefined;
}

/** The resolvers in order; the first that answers wins. */
export class DeviceIdChain {
  readonly #resolvers: readonly DeviceIdResolver[];
  /** Positions of the resolvers that are worth asking again. */
  readonly #later: readonly number[];
  readonly #deadline: number;
  readonly #warnings: ModuleWarnings;
  readonly #carriers: Carriers | undefined;

  constructor(
    resolvers: readonly DeviceIdResolver[],
    deadline: number,
    warnings: ModuleWarnings,
    carriers: Carriers | undefined,
  ) {
    this.#resolvers = resolvers;
    this.#carriers = carriers;
    this.#later = resolvers.flatMap((resolver, position) => (asksAfterGuards(resolver) ? [position] : []));
    this.#deadline = deadline;
    this.#warnings = warnings;
  }

  /** True when some resolver may know after the guards what it did not know before. */
  get asksAgain(): boolean {
    return this.#later.length > 0;
  }

  /** Asks all. Synchronous as long as the resolvers are: nothing waits that does not have to. */
  find(context: RequestContext): Found | undefined | Promise<Found | undefined> {
    return this.#from(0, this.#resolvers.length, false, context);
  }

  /** Asks again those that come before `position` and may have an answer by now. */
  findBefore(position: number, context: RequestContext): Found | undefined | Promise<Found | undefined> {
    const first = this.#later[0];
    if (first === undefined || first >= position) return undefined;
    return this.#from(first, Math.min(position, this.#resolvers.length), true, context);
  }

  #from(
    start: number,
    end: number,
    laterOnly: boolean,
    context: RequestContext,
  ): Found | undefined | Promise<Found | undefined> {
    for (let position = start; position < end; position++) {
      const resolver = this.#resolvers[position];
      if (resolver === undefined || (laterOnly && !asksAfterGuards(resolver))) continue;
      const answer = this.#ask(resolver, position, context);
      if (isThenable(answer)) {
        return withinDeadline(answer, this.#deadline, (reason) => this.#tell(position, reason)).then(
          (value) => this.#found(value, position) ?? this.#from(position + 1, end, laterOnly, context),
        );
      }
      const found = this.#found(answer, position);
      if (found !== undefined) return found;
    }
    // Between services a message may carry its person along; a browser or a socket has no business signing anything.
    return laterOnly || context.type !== 'rpc' ? undefined : this.#carried(carrierOf(context), this.#resolvers.length);
  }

  #ask(
    resolver: DeviceIdResolver,
    position: number,
    context: RequestContext,
  ): DeviceIdAnswer | PromiseLike<DeviceIdAnswer> {
    try {
      return resolver(context);
    } catch (error) {
      this.#tell(position, shownError(error));
      return undefined;
    }
  }

  #found(answer: DeviceIdAnswer | typeof NO_ANSWER, position: number): Found | undefined {
    if (answer === undefined || answer === null || answer === NO_ANSWER) return undefined;
    const resolver = this.#resolvers[position];
    if (resolver !== undefined && readsCarrier(resolver)) return this.#carried(answer, position);
    const deviceId = sanitizeDeviceId(answer);
    if (deviceId === undefined) return undefined;
    return { deviceId, position, user: resolver !== undefined && namesUser(resolver), assumedConsent: undefined };
  }

  #carried(token: unknown, position: number): Found | undefined {
    const carried = this.#carriers?.read(token);
    if (carried === undefined) return undefined;
    return { deviceId: carried.deviceId, position, user: false, assumedConsent: carried.consent };
  }

  #tell(position: number, reason: string): void {
    this.#warnings.once(
      `deviceId.${position}`,
      `deviceId resolver number ${position + 1} failed and counts as no answer; requests go on: ${reason}`,
    );
  }
}
