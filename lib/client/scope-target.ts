import type { UnitOfWork } from '../features/device-state.js';
import type { Renamable } from '../features/identity.js';
import type { Place } from '../features/place.js';
import type { DeviceIdType } from '../protocol/entry.js';

/** Who a device is. One object for all scopes that have to follow a change of its id. */
export interface DeviceIdentity {
  deviceId: string;
  idType: DeviceIdType;
  /** Told after a change. */
  readonly changed?: () => void;
}

/** What a scope gives to the features. */
export class ScopeTarget implements Renamable {
  readonly identity: DeviceIdentity;
  readonly tz: number | undefined;
  readonly place: Place | undefined;
  readonly metrics: Readonly<Record<string, string>> | undefined;
  readonly work: UnitOfWork | undefined;

  constructor(identity: DeviceIdentity, rest: Partial<Omit<Renamable, 'deviceId' | 'idType' | 'rename'>> = {}) {
    this.identity = identity;
    this.tz = rest.tz;
    this.place = rest.place;
    this.metrics = rest.metrics;
    this.work = rest.work;
  }

  get deviceId(): string {
    return this.identity.deviceId;
  }

  get idType(): DeviceIdType {
    return this.identity.idType;
  }

  rename(deviceId: string): void {
    this.identity.deviceId = deviceId;
    this.identity.idType = 0;
    this.identity.changed?.();
  }
}
