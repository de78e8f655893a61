import { textOf } from '../protocol/json.js';
import type { Check, EntrySubject } from './check.js';

export const MERGE_CHECKS: ReadonlyArray<Check<EntrySubject>> = [
  {
    row: 68,
    find: ({ entry, knowsConsent }) => {
      const oldDeviceId = textOf(entry.parameters['old_device_id']);
      if (!oldDeviceId || oldDeviceId === entry.deviceId || entry.consent.state !== 'absent') return undefined;
      return knowsConsent(oldDeviceId) || knowsConsent(entry.deviceId)
        ? 'old_device_id without "consent" although one of the two has given or refused it'
        : undefined;
    },
  },
];
