import type { ResolvedOptions } from '../config/resolve.js';
import type { Target } from '../features/feature.js';
import type { SharedAnswers } from '../features/remote-config.js';
import type { Visitor } from '../features/visitor.js';
import type { FleetOutbox } from '../outbox/fleet.js';
import type { HousePort, PortParts } from './feature-port.js';

/** Visitors whom other processes serve as well, as a client sees them. */
export interface SharedVisitors {
  /** Whether nothing waits to be told to the others. */
  readonly isSettled: boolean;
  /** Entries on their way to the others, which nobody has accepted yet. */
  readonly waiting: number;
  /** What is known here. */
  peek(deviceId: string): Visitor | undefined;
  /** This process no longer looks after a device. */
  forget(deviceId: string): void;
  /** Waits until the others know everything, for so many milliseconds at most. Resolves with those that are left. */
  settledWithin(timeout: number): Promise<number>;
  /** What waits is queued here, at once: for the last moment of a process. */
  spill(): void;
  /** The same, and nobody waits for what is on its way. */
  abandon(): void;
  /** As `spill`, for all that comes. */
  stop(): void;
}

/** What takes the place of the parts that know the visitors of one process alone. */
export interface SharedHouse {
  readonly port: HousePort;
  readonly visitors: SharedVisitors;
  /** Answers of the server that all processes see. */
  readonly answers: SharedAnswers | undefined;
}

export interface SharedHouseNeeds {
  /** Whether other processes may serve a device as well: the process's own is nobody else's. */
  isShared(deviceId: string): boolean;
  /** Milliseconds without activity after which a visitor is gone in any process that remembers them. */
  readonly goneMs: number;
  /** Ends what ran for a visitor who was gone, as part of a change. */
  gone(visitor: Visitor, target: Target, now: number): void;
  /** A visitor was changed by a call here. */
  seen(visitor: Visitor, target: Target): void;
}

/** Made by a fleet: a client without one loads nothing of it. */
export type MakeSharedHouse = (options: ResolvedOptions, parts: PortParts, needs: SharedHouseNeeds) => SharedHouse;

/** An outbox of a fleet that knows visitors, too. */
export interface SharingOutbox extends FleetOutbox {
  /** Undefined where each process knows its own. */
  readonly visitors: MakeSharedHouse | undefined;
}
