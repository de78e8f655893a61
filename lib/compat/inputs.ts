import type { Segmentation } from '../scope/scope-api.js';

/** An event as `add_event` takes it. */
export interface CompatEvent {
  key: string;
  /** @default 1 */
  count?: number | undefined;
  sum?: number | undefined;
  /** Seconds. */
  dur?: number | undefined;
  segmentation?: Segmentation | undefined;
  /** When it happened: seconds or milliseconds since the epoch. @default now */
  timestamp?: number | undefined;
}

/** What `user_details` takes. */
export interface CompatUserDetails {
  name?: string | undefined;
  username?: string | undefined;
  email?: string | undefined;
  organization?: string | undefined;
  phone?: string | undefined;
  /** Address of a picture. */
  picture?: string | undefined;
  /** A picture on this machine; uploaded when there is no `picture`. */
  picturePath?: string | undefined;
  /** `M` or `F`. */
  gender?: string | undefined;
  /** Year of birth. */
  byear?: number | undefined;
  custom?: Readonly<Record<string, unknown>> | undefined;
}

/** What `report_feedback` takes. */
export interface CompatFeedback {
  widget_id: string;
  /** 1 to 5. */
  rating: number;
  contactMe?: boolean | undefined;
  platform?: string | undefined;
  app_version?: string | undefined;
  email?: string | undefined;
  comment?: string | undefined;
}

/** What `report_trace` takes. Times are milliseconds since the epoch. */
export interface CompatTrace {
  type: 'device' | 'network';
  name: string;
  stz: number;
  etz: number;
  /** Numbers such as `duration`, or `response_time` and its companions. */
  apm_metrics?: Readonly<Record<string, number>> | undefined;
  /** The name the official documentation uses for `apm_metrics`. */
  app_metrics?: Readonly<Record<string, number>> | undefined;
  apm_attr?: Readonly<Record<string, string>> | undefined;
}
