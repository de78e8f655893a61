import { isObject, member } from '../check.js';
import { type LogicalRequest, RecordingTransport, type TestClient } from './test-client.js';

/** What matchers look at: a client of a test, or its transport. */
export type RecordedBy = TestClient | RecordingTransport | Pick<TestClient, 'client' | 'transport'>;

/** Something that was recorded, in the words of the API rather than of the wire. */
export interface RecordedEntry {
  readonly kind: 'event' | 'view' | 'view-end' | 'error' | 'trace' | 'request';
  /** Key, name, or name of the error; the parameters of anything else. */
  readonly name: string;
  readonly deviceId: string | undefined;
  readonly segmentation: Readonly<Record<string, unknown>>;
  /** `count`, `sum`, `dur` of an event, `metrics` of a trace, `fatal` of an error …; what the wire adds is left out. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Made by every view, and no segments of the application. */
const OF_VIEWS = new Set(['name', 'visit', 'start', 'segment', '_idv', 'dur']);
/** What every request says of itself. */
const OF_REQUESTS = new Set([
  ...['app_key', 'device_id', 't', 'sdk_name', 'sdk_version', 'av', 'timestamp', 'hour', 'dow', 'tz', 'rr'],
  ...['checksum256', 'events', 'crash', 'apm', 'hc', 'location', 'country_code', 'city', 'ip_address'],
]);

/** Everything that was recorded, device by device in the order it was delivered. Sends what waits first. */
export async function recordedEntries(received: unknown): Promise<readonly RecordedEntry[]> {
  const transport = received instanceof RecordingTransport ? received : member(received, 'transport');
  const delivered: unknown = member(transport, 'delivered');
  if (!Array.isArray(delivered)) {
    throw new TypeError(
      'expected a client of createTestClient(), of CountlyTestingModule or a RecordingTransport, got ' +
        `${received === null ? 'null' : typeof received}.`,
    );
  }
  const flush = member(member(received, 'client'), 'flush');
  if (typeof flush === 'function') await Reflect.apply(flush, member(received, 'client'), []);
  return (member(transport, 'delivered') as readonly LogicalRequest[]).flatMap(entriesOf);
}

function entriesOf({ deviceId, events, parameters }: LogicalRequest): RecordedEntry[] {
  const found: RecordedEntry[] = events.map((event): RecordedEntry => {
    const { key, count, sum, dur, segmentation } = event;
    const segments = isObject(segmentation) ? segmentation : {};
    const fields = defined({ count, sum, dur });
    if (key !== '[CLY]_view') return { kind: 'event', name: key, deviceId, segmentation: segments, fields };
    const own = Object.fromEntries(Object.entries(segments).filter(([name]) => !OF_VIEWS.has(name)));
    const kind = segments['visit'] === 1 ? 'view' : 'view-end';
    return { kind, name: String(segments['name']), deviceId, segmentation: own, fields: defined({ dur }) };
  });
  const { crash, apm } = parameters;
  if (isObject(crash)) {
    const { _name, _error, _nonfatal, _custom, _logs } = crash;
    const text = String(_name ?? _error ?? '').split('\n', 1)[0] ?? '';
    const { layers, ...segments } = isObject(_custom) ? _custom : {};
    const fields = defined({
      layers,
      fatal: !(_nonfatal === true || _nonfatal === 'true'),
      breadcrumbs: _logs,
      stack: _error,
    });
    found.push({ kind: 'error', name: text, deviceId, segmentation: segments, fields });
  }
  if (isObject(apm)) {
    const metrics = isObject(apm['apm_metrics']) ? apm['apm_metrics'] : {};
    found.push({
      kind: 'trace',
      name: String(apm['name']),
      deviceId,
      segmentation: {},
      fields: { type: apm['type'], metrics },
    });
  }
  const others = Object.entries(parameters).filter(([name]) => !OF_REQUESTS.has(name));
  if (others.length > 0) {
    const name = others.map(([parameter]) => parameter).join(', ');
    found.push({ kind: 'request', name, deviceId, segmentation: {}, fields: Object.fromEntries(others) });
  }
  return found;
}

function defined(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
