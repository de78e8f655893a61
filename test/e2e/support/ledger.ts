/** What must be in the database for one device, each line as often as it is here. */
export interface DeviceRecord {
  readonly events: readonly string[];
  readonly views: readonly string[];
  readonly errors: readonly string[];
  readonly traces: readonly string[];
}

export type RecordKind = keyof DeviceRecord;

type Segments = Readonly<Record<string, string | number | boolean>>;

/** An event as one comparable line. */
export function eventLine(key: string, count: number, sum: number | null, segments: Segments): string {
  return `${key} ×${count} ${sum === null ? 'no sum' : `sum ${sum.toFixed(2)}`} ${sorted(segments)}`;
}

export function viewLine(name: string, segments: Segments): string {
  return `${name} ${sorted(segments)}`;
}

export function traceLine(type: string, name: string, responseCode: number | null): string {
  return `${type} ${name}${responseCode === null ? '' : ` ${responseCode}`}`;
}

function sorted(segments: Segments): string {
  return JSON.stringify(
    Object.fromEntries(Object.entries(segments).sort(([left], [right]) => (left < right ? -1 : 1))),
  );
}

/** Writes down what each device did, while it does it. */
export class Ledger {
  readonly #devices = new Map<string, Record<RecordKind, string[]>>();

  add(deviceId: string, kind: RecordKind, line: string): void {
    const record = this.#devices.get(deviceId) ?? { events: [], views: [], errors: [], traces: [] };
    this.#devices.set(deviceId, record);
    record[kind].push(line);
  }

  /** By device, lines sorted: equal ledgers are equal objects. */
  toObject(): Record<string, DeviceRecord> {
    return Object.fromEntries(
      [...this.#devices]
        .sort(([left], [right]) => (left < right ? -1 : 1))
        .map(([device, { events, views, errors, traces }]) => [
          device,
          { events: events.sort(), views: views.sort(), errors: errors.sort(), traces: traces.sort() },
        ]),
    );
  }
}
