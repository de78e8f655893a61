import type { BulkElementSubject, Check, EntrySubject, EventSubject, OutcomeSubject, RequestSubject } from './check.js';
import { CHECKSUM_CHECKS } from './checksum-checks.js';
import { CONSENT_CHECKS } from './consent-checks.js';
import { CRASH_CHECKS } from './crash-checks.js';
import { EVENT_ID_CHECKS, VIEW_ID_CHECKS } from './event-id-checks.js';
import { EVENT_LIST_CHECKS } from './event-list-checks.js';
import { EVENT_VALUE_CHECKS } from './event-value-checks.js';
import { BULK_IDENTITY_CHECKS, IDENTITY_CHECKS } from './identity-checks.js';
import { EVENT_KEY_CHECKS } from './key-checks.js';
import { LOCATION_CHECKS } from './location-checks.js';
import { MERGE_CHECKS } from './merge-checks.js';
import { METRICS_CHECKS } from './metrics-checks.js';
import { FEEDBACK_EVENT_CHECKS } from './plugin-event-checks.js';
import { REPETITION_CHECKS } from './repetition-checks.js';
import { SEGMENTATION_CHECKS } from './segmentation-checks.js';
import { SESSION_CHECKS } from './session-checks.js';
import { EVENT_NUL_CHECKS, NUL_CHECKS, TEXT_CHECKS } from './text-checks.js';
import { EVENT_TIME_CHECKS, TIME_CHECKS } from './time-checks.js';
import { TRACE_CHECKS } from './trace-checks.js';
import { BULK_PARAMETER_CHECKS, TRANSPORT_CHECKS } from './transport-checks.js';
import { USER_CHECKS } from './user-checks.js';
import { VIEW_CHECKS, VIEW_START_CHECKS } from './view-checks.js';

/** Everything that is checked, by what it looks at. A new check is one more element of one of these groups. */
export const REQUEST_CHECKS: ReadonlyArray<Check<RequestSubject>> = [
  ...TRANSPORT_CHECKS,
  ...CHECKSUM_CHECKS,
  ...TEXT_CHECKS,
];

export const BULK_ELEMENT_CHECKS: ReadonlyArray<Check<BulkElementSubject>> = [
  ...BULK_IDENTITY_CHECKS,
  ...BULK_PARAMETER_CHECKS,
];

export const ENTRY_CHECKS: ReadonlyArray<Check<EntrySubject>> = [
  ...IDENTITY_CHECKS,
  ...TIME_CHECKS,
  ...EVENT_LIST_CHECKS,
  ...SESSION_CHECKS,
  ...METRICS_CHECKS,
  ...LOCATION_CHECKS,
  ...CONSENT_CHECKS,
  ...CRASH_CHECKS,
  ...TRACE_CHECKS,
  ...USER_CHECKS,
  ...MERGE_CHECKS,
  ...NUL_CHECKS,
  ...VIEW_START_CHECKS,
  ...VIEW_ID_CHECKS,
];

export const EVENT_CHECKS: ReadonlyArray<Check<EventSubject>> = [
  ...EVENT_KEY_CHECKS,
  ...EVENT_VALUE_CHECKS,
  ...EVENT_TIME_CHECKS,
  ...SEGMENTATION_CHECKS,
  ...VIEW_CHECKS,
  ...FEEDBACK_EVENT_CHECKS,
  ...EVENT_NUL_CHECKS,
  ...EVENT_ID_CHECKS,
];

export const OUTCOME_CHECKS: ReadonlyArray<Check<OutcomeSubject>> = REPETITION_CHECKS;
