import type { CollectorParts } from '../http/collector.js';
import { linkRows } from './link-rows.js';
import { readOffer } from './read-offer.js';

/** Rows that are told live; the others are only counted. */
const ROWS_TOLD = 40;
/** Host requests are of interest while they are new. */
const UNITS_KEPT = 100_000;

/** Takes in what a client tells of itself. @throws OfferError, SyntaxError */
export function takeOffer(parts: CollectorParts, text: string, at: number): void {
  const offer = readOffer(text);
  const { store, book, madeBy, methods, hub } = parts;
  const client = book.meet(offer, at);
  const linked = store.transaction(() => {
    for (const method of offer.methods) {
      const id = methods.idOf(method);
      if (id !== undefined) client.methods.set(method.ref, id);
    }
    const insert = store.database.prepare(
      'INSERT OR IGNORE INTO units (id, title, started_at, device_id, client) VALUES (?, ?, ?, ?, ?)',
    );
    for (const { id, title, startedAt, deviceId } of offer.units) {
      if (id !== '') insert.run(id, title, startedAt, deviceId, client.name);
    }
    if (offer.units.length > 0) forgetOldUnits(parts);
    const methodsOf = (id: string | null) => (id === null ? client : book.clients.get(id))?.methods;
    return offer.made.map((made) => linkRows(store.database, made, methodsOf, madeBy));
  });
  for (const calls of offer.calls) {
    const id = client.methods.get(calls.ref);
    if (id !== undefined) book.called(id, calls, at);
  }
  for (const one of linked) {
    if (one === undefined || one.rows.length === 0) continue;
    const { requestId, rows } = one;
    hub.announce('linked', { request_id: requestId, count: rows.length, rows: rows.slice(0, ROWS_TOLD) });
  }
  hub.announce('client', { id: client.id });
}

function forgetOldUnits({ store: { database } }: CollectorParts): void {
  database.prepare('DELETE FROM units WHERE rowid <= (SELECT max(rowid) - ? FROM units)').run(UNITS_KEPT);
}
