import { openReadOnly } from 'countly-inspector';
import { type DeviceRecord, eventLine, Ledger, traceLine, viewLine } from './ledger.js';

/** What Countly's own fields of a view say; the rest is the application's segmentation. */
const VIEW_FIELDS = new Set(['name', 'segment', 'visit', 'start', '_idv']);

/** Reads from an inspector's database what arrived, in the form of a ledger. */
export function readArrived(database: string): Record<string, DeviceRecord> {
  const reader = openReadOnly(database);
  const ledger = new Ledger();
  const events = reader.query<{
    device_id: string;
    key: string;
    count: number;
    sum: number | null;
    segmentation: string;
  }>("SELECT device_id, key, count, sum, segmentation FROM events WHERE key NOT LIKE '[CLY]%'");
  for (const { device_id, key, count, sum, segmentation } of events) {
    ledger.add(device_id, 'events', eventLine(key, count, sum, JSON.parse(segmentation ?? '{}')));
  }
  const views = reader.query<{ device_id: string; name: string; segmentation: string }>(
    'SELECT device_id, name, segmentation FROM views',
  );
  for (const { device_id, name, segmentation } of views) {
    const own = Object.entries(JSON.parse(segmentation) as Record<string, string>).filter(
      ([field]) => !VIEW_FIELDS.has(field),
    );
    ledger.add(device_id, 'views', viewLine(name, Object.fromEntries(own)));
  }
  for (const { device_id, name } of reader.query<{ device_id: string; name: string }>(
    'SELECT device_id, name FROM crashes',
  )) {
    ledger.add(device_id, 'errors', name);
  }
  const traces = reader.query<{ device_id: string; type: string; name: string; response_code: number | null }>(
    'SELECT device_id, type, name, response_code FROM traces',
  );
  for (const { device_id, type, name, response_code } of traces) {
    ledger.add(device_id, 'traces', traceLine(type, name, response_code));
  }
  reader.close();
  return ledger.toObject();
}

/** One question to the database of an inspector that may still be running. */
export function ask<Row>(database: string, sql: string): Row[] {
  const reader = openReadOnly(database);
  try {
    return reader.query<Row>(sql);
  } finally {
    reader.close();
  }
}
