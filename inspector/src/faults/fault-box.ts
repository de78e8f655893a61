import { isObject, readPart, textOf } from '../protocol/json.js';
import type { ActiveFault, Fault } from './fault.js';
import { readFault } from './read-fault.js';

interface Slot {
  readonly id: number;
  readonly fault: Fault;
  skipLeft: number;
  countLeft: number;
  hits: number;
}

/** The faults in force, in the order they were set; the first that matches a request hits it. */
export class FaultBox {
  #slots: Slot[] = [];
  #lastId = 0;

  /** Adds a fault and returns its id. Throws `FaultError` when it makes no sense. */
  set(value: Fault): number {
    const fault = readFault(value);
    this.#lastId += 1;
    this.#slots.push({
      id: this.#lastId,
      fault,
      skipLeft: fault.skip ?? 0,
      countLeft: fault.count ?? Number.POSITIVE_INFINITY,
      hits: 0,
    });
    return this.#lastId;
  }

  /** Removes one fault, or all of them. */
  clear(id?: number): void {
    this.#slots = id === undefined ? [] : this.#slots.filter((slot) => slot.id !== id);
  }

  list(): ActiveFault[] {
    return this.#slots.map(({ id, fault, hits }) => ({ ...fault, id, hits }));
  }

  /** The fault that hits this request, if any; counts the hit. */
  take(endpoint: string, parameters: Readonly<Record<string, unknown>>): Fault | undefined {
    for (const slot of this.#slots) {
      const { fault } = slot;
      if (slot.countLeft === 0 || (fault.endpoint !== undefined && fault.endpoint !== endpoint)) continue;
      if (fault.device !== undefined && !devicesOf(parameters).has(fault.device)) continue;
      if (slot.skipLeft > 0) {
        slot.skipLeft -= 1;
        continue;
      }
      slot.countLeft -= 1;
      slot.hits += 1;
      return fault;
    }
    return undefined;
  }
}

function devicesOf(parameters: Readonly<Record<string, unknown>>): Set<string> {
  const ids = new Set<string>();
  const single = textOf(parameters['device_id']);
  if (single !== undefined) ids.add(single);
  const requests = readPart(parameters['requests']);
  const entries: unknown[] = requests.state === 'read' && Array.isArray(requests.value) ? requests.value : [];
  for (const entry of entries) {
    const id = isObject(entry) ? textOf(entry['device_id']) : undefined;
    if (id !== undefined) ids.add(id);
  }
  return ids;
}
