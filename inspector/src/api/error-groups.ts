import type { ApiQuery } from './api-query.js';
import type { ErrorGroup, ErrorGroups } from './contract/names.js';
import { methodRefs } from './method-refs.js';
import { shape } from './shape.js';

const MOST_SHOWN = 200;

/** Crashes by group, as a server files them, each with its newest report. */
export function readErrorGroups({ parts }: ApiQuery): ErrorGroups {
  const all = [...parts.numbers.crashes.groups.values()];
  const shown = [...all].sort((one, other) => other.id - one.id).slice(0, MOST_SHOWN);
  const newest = parts.store.database.prepare(
    'SELECT timestamp AS last, name, error, nonfatal, logs, custom, app_version, os, device_id, request_id FROM crashes WHERE id = ?',
  );
  return {
    total: all.length,
    groups: shown.map(({ devices, ...numbers }) => {
      const report = shape(newest.first(numbers.id) ?? {}) as unknown as ErrorGroup;
      return { ...report, ...numbers, devices: devices.size, methods: methodRefs(parts, 'error', numbers.group_hash) };
    }),
  };
}
