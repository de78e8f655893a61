import type { CountedCrash, CountedProblem, CountedTrace } from './batch.js';
import { knownName, OTHER_NAMES } from './known-name.js';
import { RecentDurations } from './recent-durations.js';

export interface GroupNumbers {
  readonly group_hash: string;
  reports: number;
  readonly devices: Set<string>;
  first: number;
  /** Row of the newest report. */
  id: number;
}

/** Crash reports by group. */
export class CrashNumbers {
  readonly groups = new Map<string, GroupNumbers>();
  rows = 0;

  add({ id, group_hash: sent, device_id: device, timestamp }: CountedCrash): void {
    this.rows += 1;
    if (sent === null) return;
    const hash = knownName(this.groups, sent);
    let group = this.groups.get(hash);
    if (group === undefined) {
      group = { group_hash: hash, reports: 0, devices: new Set(), first: timestamp, id };
      this.groups.set(hash, group);
    }
    group.reports += 1;
    group.devices.add(device);
    group.first = Math.min(group.first, timestamp);
    group.id = Math.max(group.id, id);
  }
}

export interface TraceNumbersOfName {
  readonly type: string;
  readonly name: string;
  count: number;
  failed: number;
  last: number;
  readonly durations: RecentDurations;
}

/** Traces by type and name. */
export class TraceNumbers {
  readonly names = new Map<string, TraceNumbersOfName>();
  rows = 0;

  add({ type, name, duration, response_code: code, timestamp }: CountedTrace, at: number): void {
    this.rows += 1;
    const id = knownName(this.names, `${type} ${name}`);
    let numbers = this.names.get(id);
    if (numbers === undefined) {
      numbers = {
        type,
        name: id === OTHER_NAMES ? id : name,
        count: 0,
        failed: 0,
        last: 0,
        durations: new RecentDurations(),
      };
      this.names.set(id, numbers);
    }
    numbers.count += 1;
    if ((code ?? 0) >= 400) numbers.failed += 1;
    numbers.last = Math.max(numbers.last, timestamp);
    if (duration !== null) numbers.durations.add(duration, at);
  }
}

export interface ProblemNumbersOfRow {
  readonly row: number;
  readonly level: string;
  occurrences: number;
  findings: number;
  readonly devices: Set<string>;
  /** Newest finding. */
  id: number;
}

/** Findings by rule. */
export class ProblemNumbers {
  readonly byRow = new Map<number, ProblemNumbersOfRow>();

  add({ id, row, level, device_id: device, occurrences }: CountedProblem): void {
    let numbers = this.byRow.get(row);
    if (numbers === undefined) {
      numbers = { row, level, occurrences: 0, findings: 0, devices: new Set(), id };
      this.byRow.set(row, numbers);
    }
    numbers.occurrences += occurrences;
    numbers.findings += 1;
    if (device !== null) numbers.devices.add(device);
    numbers.id = Math.max(numbers.id, id);
  }

  occurrences(level: string): number {
    let sum = 0;
    for (const numbers of this.byRow.values()) if (numbers.level === level) sum += numbers.occurrences;
    return sum;
  }
}
