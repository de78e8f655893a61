import { isObject, show } from '../protocol/json.js';
import { TEMPORARY_ID, ZERO_UUID } from '../protocol/payload.js';
import type { BulkElementSubject, Check, EntrySubject } from './check.js';

export const IDENTITY_CHECKS: ReadonlyArray<Check<EntrySubject>> = [
  {
    row: 19,
    find: ({ entry, device }) =>
      entry.fingerprint !== undefined && device?.last_request === entry.fingerprint
        ? 'equal to the previous request of this device'
        : undefined,
  },
  { row: 21, find: ({ entry }) => (entry.deviceId === ZERO_UUID ? `device_id ${show(entry.deviceId)}` : undefined) },
  {
    row: 22,
    find: ({ entry }) => (entry.deviceId === TEMPORARY_ID ? `device_id ${show(entry.deviceId)}` : undefined),
  },
];

export const BULK_IDENTITY_CHECKS: ReadonlyArray<Check<BulkElementSubject>> = [
  {
    row: 23,
    find: ({ element, fallbackAppKey }) => {
      if (!isObject(element)) return `the entry is ${show(element)}, expected an object`;
      const missing: string[] = [];
      if (!element['app_key'] && fallbackAppKey === undefined) missing.push('app_key');
      if (!element['device_id']) missing.push('device_id');
      return missing.length === 0 ? undefined : `the entry has no ${missing.join(' and no ')}`;
    },
  },
];
