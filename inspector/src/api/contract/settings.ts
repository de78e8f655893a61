/** `status` with its number for short: `'429'` may be sent and comes back as `status`. */
export type FaultKind =
  | 'status'
  | 'slow'
  | 'hang'
  | 'hang-after-store'
  | 'cut'
  | 'cut-after-store'
  | 'refuse'
  | 'html'
  | 'checksum';

export interface Fault {
  readonly kind: FaultKind;
  readonly status?: number;
  readonly result?: string;
  /** Seconds, or an HTTP date. */
  readonly retryAfter?: number | string;
  readonly delayMs?: number;
  readonly count?: number;
  readonly skip?: number;
  readonly endpoint?: 'i' | 'bulk' | 'fetch' | 'feedback' | 'ping';
  readonly device?: string;
}

export interface ActiveFault extends Fault {
  readonly id: number;
  readonly hits: number;
}

export interface Faults {
  readonly faults: readonly ActiveFault[];
}

export interface FaultsChanged extends Faults {
  readonly ids: readonly number[];
}

export interface Settings {
  readonly appKey: string | null;
  /** The salt itself is told to nobody. */
  readonly salted: boolean;
  readonly paused: boolean;
  /** What `/o/sdk?method=rc` answers. */
  readonly remoteConfig: Readonly<Record<string, unknown>>;
  /** What `/o/sdk?method=sc` answers under `c`. */
  readonly sdkConfig: Readonly<Record<string, unknown>>;
}

/** What is absent stays; `null` removes. */
export interface SettingsChange {
  readonly appKey?: string | null;
  readonly salt?: string | null;
  readonly paused?: boolean;
  readonly remoteConfig?: Readonly<Record<string, unknown>>;
  readonly sdkConfig?: Readonly<Record<string, unknown>>;
}

export interface SettingsAnswer {
  readonly settings: Settings;
}
