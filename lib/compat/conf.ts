import type { OutgoingOptions } from '../http/request-options.js';
import type { CustomStorageMethod, StorageType } from './storage-types.js';

/** Told about fetched remote config: an error or `false`, and all values known. */
export type FetchCallback = (error: Error | false, values: Record<string, unknown>) => void;

type Setting<T> = T | null | undefined;

/** Settings that a client and a bulk server have in common. Whatever is falsy counts as not given. */
export interface SharedConf {
  /** Key of the application. */
  app_key?: Setting<string>;
  /** Address of the server. */
  url?: Setting<string>;
  /** Writes informational messages to the console. */
  debug?: Setting<boolean>;
  /** Milliseconds between two looks at the queue. @default 500, bulk 5000 */
  interval?: Setting<number>;
  /** Seconds that delays between failing attempts grow to. @default 60 */
  fail_timeout?: Setting<number>;
  /** Seconds after which a session is extended. @default 60 */
  session_update?: Setting<number>;
  /** Events in one request. @default 100 */
  max_events?: Setting<number>;
  /** Every request is a POST here. */
  force_post?: Setting<boolean>;
  /** Salt of the application; requests then carry a checksum. */
  salt?: Setting<string>;
  /** Folder of the queue. */
  storage_path?: Setting<string>;
  /** Changes each outgoing request. */
  http_options?: Setting<(options: OutgoingOptions) => void>;
  max_key_length?: Setting<number>;
  max_value_size?: Setting<number>;
  max_segmentation_values?: Setting<number>;
  max_breadcrumb_count?: Setting<number>;
  max_stack_trace_lines_per_thread?: Setting<number>;
  max_stack_trace_line_length?: Setting<number>;
  storage_type?: Setting<StorageType>;
  custom_storage_method?: Setting<CustomStorageMethod>;
}

/** What `Countly.init` takes; each member may be set as a property of `Countly` before instead. */
export interface CountlyConf extends SharedConf {
  /** Id of this device. An id stored by an earlier start goes first, unless `clear_stored_device_id` is set. */
  device_id?: Setting<string>;
  /** @default '0.0' */
  app_version?: Setting<string>;
  country_code?: Setting<string>;
  city?: Setting<string>;
  ip_address?: Setting<string>;
  /** Requests that may wait. */
  queue_size?: Setting<number>;
  /** Forget the device id of earlier starts. */
  clear_stored_device_id?: Setting<boolean>;
  /** Queue, but never send. */
  test_mode?: Setting<boolean>;
  require_consent?: Setting<boolean>;
  /** Fetch remote config at the start; a function is told the result. */
  remote_config?: Setting<boolean | FetchCallback>;
  /** @deprecated `max_breadcrumb_count` */
  max_logs?: Setting<number>;
  /** What is reported about this machine. */
  metrics?: Setting<Readonly<Record<string, string | number | boolean>>>;
}

/** What `new CountlyBulk` takes. */
export interface BulkConf extends SharedConf {
  /** Requests in one bulk request. @default 50 */
  bulk_size?: Setting<number>;
  /** @deprecated `storage_type` */
  persist_queue?: Setting<boolean>;
}

/** What `add_user` takes. */
export interface BulkUserConf {
  device_id: string;
  country_code?: Setting<string>;
  city?: Setting<string>;
  ip_address?: Setting<string>;
  debug?: Setting<boolean>;
  require_consent?: Setting<boolean>;
  max_key_length?: Setting<number>;
  max_value_size?: Setting<number>;
  max_segmentation_values?: Setting<number>;
  max_breadcrumb_count?: Setting<number>;
  max_stack_trace_lines_per_thread?: Setting<number>;
  max_stack_trace_line_length?: Setting<number>;
}
