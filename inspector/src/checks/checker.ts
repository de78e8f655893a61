import { CATALOGUE } from './catalogue.js';
import type { BulkElementSubject, Check, EntrySubject, EventSubject, OutcomeSubject, RequestSubject } from './check.js';
import { BULK_ELEMENT_CHECKS, ENTRY_CHECKS, EVENT_CHECKS, OUTCOME_CHECKS, REQUEST_CHECKS } from './registry.js';
import type { ServerMemory } from './server-memory.js';

/** Where in the request something was found; all absent for the request as a whole. */
export interface Place {
  position?: number;
  appKey?: string;
  deviceId?: string;
}

/** One problem of one HTTP request; equal findings of a device are counted, not repeated. */
export interface Finding extends Place {
  row: number;
  message: string;
  occurrences: number;
}

const MESSAGES_A_ROW = 200;

/** Runs the checks over one HTTP request and collects what they find. */
export class Checker {
  readonly memory: ServerMemory;
  readonly #findings = new Map<string, Finding>();
  readonly #perRow = new Map<number, number>();

  constructor(memory: ServerMemory) {
    this.memory = memory;
  }

  request(subject: RequestSubject): void {
    this.#run(REQUEST_CHECKS, subject, {});
  }

  bulkElement(subject: BulkElementSubject, position: number): void {
    this.#run(BULK_ELEMENT_CHECKS, subject, { position });
  }

  entry(subject: EntrySubject): void {
    this.#run(ENTRY_CHECKS, subject, placeOf(subject));
  }

  event(subject: EventSubject): void {
    this.#run(EVENT_CHECKS, subject, placeOf(subject));
  }

  outcome(subject: OutcomeSubject): void {
    this.#run(OUTCOME_CHECKS, subject, placeOf(subject));
  }

  get findings(): readonly Finding[] {
    return [...this.#findings.values()];
  }

  #run<Subject>(checks: ReadonlyArray<Check<Subject>>, subject: Subject, place: Place): void {
    for (const check of checks) {
      const found = check.find(subject);
      if (found === undefined) continue;
      for (const message of typeof found === 'string' ? [found] : found) this.#add(check.row, message, place);
    }
  }

  #add(row: number, message: string, place: Place): void {
    if (CATALOGUE.get(row)?.level === 'N' && !this.memory.firstNote(`${row}\n${message}`)) return;
    const owner = `${row}\n${place.deviceId ?? ''}\n`;
    const count = this.#perRow.get(row) ?? 0;
    // One request can be wrong in a hundred thousand ways; beyond some of a kind only their number tells more.
    const text = count < MESSAGES_A_ROW || this.#findings.has(owner + message) ? message : 'and more of this kind';
    const known = this.#findings.get(owner + text);
    if (known !== undefined) known.occurrences += 1;
    else {
      this.#findings.set(owner + text, { row, message: text, occurrences: 1, ...place });
      this.#perRow.set(row, count + 1);
    }
  }
}

function placeOf({ entry }: EntrySubject | EventSubject | OutcomeSubject): Place {
  return { position: entry.position, appKey: entry.appKey, deviceId: entry.deviceId };
}
