import { DEFAULT_LIMITS } from '../config/limits.js';
import type { CountlyConf } from './conf.js';

/** Settings that may be given as properties before `init`. */
export const SETTING_NAMES = [
  'app_key',
  'url',
  'device_id',
  'app_version',
  'country_code',
  'city',
  'ip_address',
  'debug',
  'interval',
  'queue_size',
  'fail_timeout',
  'session_update',
  'max_events',
  'force_post',
  'salt',
  'clear_stored_device_id',
  'test_mode',
  'require_consent',
  'remote_config',
  'http_options',
  'max_logs',
  'max_key_length',
  'max_value_size',
  'max_segmentation_values',
  'max_breadcrumb_count',
  'max_stack_trace_lines_per_thread',
  'max_stack_trace_line_length',
  'metrics',
  'storage_path',
  'storage_type',
  'custom_storage_method',
] as const satisfies readonly (keyof CountlyConf)[];

/** The settable properties of `Countly`. After `init` they say what applies. */
export class CountlySettings implements Omit<CountlyConf, 'device_id'> {
  app_key: CountlyConf['app_key'] = undefined;
  url: CountlyConf['url'] = undefined;
  app_version: CountlyConf['app_version'] = undefined;
  country_code: CountlyConf['country_code'] = undefined;
  city: CountlyConf['city'] = undefined;
  ip_address: CountlyConf['ip_address'] = undefined;
  debug: CountlyConf['debug'] = undefined;
  interval: CountlyConf['interval'] = undefined;
  queue_size: CountlyConf['queue_size'] = undefined;
  fail_timeout: CountlyConf['fail_timeout'] = undefined;
  session_update: CountlyConf['session_update'] = undefined;
  max_events: CountlyConf['max_events'] = undefined;
  force_post: CountlyConf['force_post'] = undefined;
  salt: CountlyConf['salt'] = undefined;
  clear_stored_device_id: CountlyConf['clear_stored_device_id'] = undefined;
  test_mode: CountlyConf['test_mode'] = undefined;
  require_consent: CountlyConf['require_consent'] = undefined;
  remote_config: CountlyConf['remote_config'] = undefined;
  http_options: CountlyConf['http_options'] = undefined;
  max_logs: CountlyConf['max_logs'] = undefined;
  max_key_length: CountlyConf['max_key_length'] = undefined;
  max_value_size: CountlyConf['max_value_size'] = undefined;
  max_segmentation_values: CountlyConf['max_segmentation_values'] = undefined;
  max_breadcrumb_count: CountlyConf['max_breadcrumb_count'] = undefined;
  max_stack_trace_lines_per_thread: CountlyConf['max_stack_trace_lines_per_thread'] = undefined;
  max_stack_trace_line_length: CountlyConf['max_stack_trace_line_length'] = undefined;
  metrics: CountlyConf['metrics'] = undefined;
  storage_path: CountlyConf['storage_path'] = undefined;
  storage_type: CountlyConf['storage_type'] = undefined;
  custom_storage_method: CountlyConf['custom_storage_method'] = undefined;

  /** The limits that apply, as the official SDK shows them. */
  maxKeyLength = DEFAULT_LIMITS.maxKeyLength;
  maxValueSize = DEFAULT_LIMITS.maxValueSize;
  maxSegmentationValues = DEFAULT_LIMITS.maxSegmentationValues;
  maxBreadcrumbCount = DEFAULT_LIMITS.maxBreadcrumbCount;
  maxStackTraceLinesPerThread = DEFAULT_LIMITS.maxStackTraceLinesPerThread;
  maxStackTraceLineLength = DEFAULT_LIMITS.maxStackTraceLineLength;
}

/** The limits of a configuration under the names the official SDK shows them by. */
export function limitsOf(conf: CountlyConf): Partial<CountlySettings> {
  return {
    maxKeyLength: conf.max_key_length || DEFAULT_LIMITS.maxKeyLength,
    maxValueSize: conf.max_value_size || DEFAULT_LIMITS.maxValueSize,
    maxSegmentationValues: conf.max_segmentation_values || DEFAULT_LIMITS.maxSegmentationValues,
    maxBreadcrumbCount: conf.max_breadcrumb_count || conf.max_logs || DEFAULT_LIMITS.maxBreadcrumbCount,
    maxStackTraceLinesPerThread: conf.max_stack_trace_lines_per_thread || DEFAULT_LIMITS.maxStackTraceLinesPerThread,
    maxStackTraceLineLength: conf.max_stack_trace_line_length || DEFAULT_LIMITS.maxStackTraceLineLength,
  };
}
