import type { Entry } from '../protocol/entry.js';

/** Entries by their device, each list in its order. */
export function groupByDevice(entries: readonly Entry[]): Map<string, Entry[]> {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) {
    const group = groups.get(entry.deviceId);
    if (group === undefined) groups.set(entry.deviceId, [entry]);
    else group.push(entry);
  }
  return groups;
}
