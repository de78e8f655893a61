import type { DeviceIdType } from '../protocol/entry.js';
import type { WorkState } from './device-state.js';
import type { DeviceLocation } from './location.js';

/** Whom an entry is recorded for. */
export interface Target {
  readonly deviceId: string;
  readonly idType: DeviceIdType;
  /** Minutes east of UTC; undefined for the client's setting. */
  readonly tz: number | undefined;
  /** Where the device is, as this request or message knows it. */
  readonly location: DeviceLocation | undefined;
  /** Metrics that differ from this machine's, such as the person's language. */
  readonly metrics: Readonly<Record<string, string>> | undefined;
  /** What belongs to this request alone; undefined where the device's own state takes its place. */
  readonly work: WorkState | undefined;
}
