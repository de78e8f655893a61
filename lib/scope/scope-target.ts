import { WorkState } from '../features/device-state.js';
import type { Renamable } from '../features/identity.js';
import type { DeviceLocation } from '../features/location.js';
import type { Target } from '../features/visitor-state.js';
import type { DeviceIdType } from '../protocol/entry.js';
import type { Holder, Transaction } from './transaction.js';

/** Who a device is. One object for all scopes that have to follow a change of its id. */
export interface DeviceIdentity {
  deviceId: string;
  idType: DeviceIdType;
  /** Nobody is meant: what is recorded is not even counted. */
  readonly nobody?: true;
  /** Told after a change. */
  readonly changed?: () => void;
}

/** The same under the id of this moment, whatever is changed later. */
export function identityNow({ changed: _changed, ...identity }: DeviceIdentity): DeviceIdentity {
  return identity;
}

/** What is told of a unit of work. May have getters: each part is read when it is asked for. */
export type TargetDetails = Partial<Pick<Renamable, 'tz' | 'location' | 'metrics'>>;
const NOTHING: TargetDetails = Object.freeze({});

/** What a scope gives to the features. */
export class ScopeTarget implements Renamable, Holder {
  hold: Transaction | undefined = undefined;

  constructor(
    readonly identity: DeviceIdentity,
    readonly work: WorkState | undefined = undefined,
    private readonly details: TargetDetails = NOTHING,
  ) {}

  get tz(): number | undefined {
    return this.details.tz;
  }

  get location(): DeviceLocation | undefined {
    return this.details.location;
  }

  get metrics(): Readonly<Record<string, string>> | undefined {
    return this.details.metrics;
  }

  get deviceId(): string {
    return this.identity.deviceId;
  }

  get idType(): DeviceIdType {
    return this.identity.idType;
  }

  asNow(): ScopeTarget {
    const work = this.work && new WorkState(this.work.consent, this.work.withdrawals);
    const same = new ScopeTarget(identityNow(this.identity), work, this.details);
    same.hold = this.hold;
    return same;
  }

  rename(deviceId: string): void {
    this.identity.deviceId = deviceId;
    this.identity.idType = 0;
    this.identity.changed?.();
  }
}

export function isNobody(target: Target): boolean {
  return (target as Partial<ScopeTarget>).identity?.nobody === true;
}
