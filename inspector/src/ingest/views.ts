import { type JsonObject, numberOf, stringOf, textOf } from '../protocol/json.js';
import type { SqlDatabase } from '../sql/sql.js';
import type { IngestContext, Owner } from './context.js';
import { ownerColumns } from './context.js';
import type { Entry } from './entry.js';
import { eventTime, timeAfterEvents } from './event-time.js';

const NAME_LIMIT = 128;

export interface ViewIngest {
  hasRunning(name: string, viewId: string | undefined): boolean;
  /** @param place - which of the request's events it is */
  apply(event: JsonObject, segmentation: JsonObject, place: number): void;
}

interface ViewRow {
  id: number;
  ended: number;
}

/** One view event, read. */
interface Sent {
  readonly event: JsonObject;
  readonly segmentation: JsonObject;
  readonly name: string;
  readonly viewId: string | undefined;
  readonly place: number;
}

function prepare(database: SqlDatabase) {
  return {
    byName: database.prepare<ViewRow>(
      'SELECT id, ended FROM views WHERE app_key = ? AND device_id = ? AND name = ? AND visit = 1 ORDER BY id DESC LIMIT 1',
    ),
    byId: database.prepare<ViewRow>(
      'SELECT id, ended FROM views WHERE app_key = ? AND device_id = ? AND name = ? AND view_id = ? AND visit = 1 ORDER BY id DESC LIMIT 1',
    ),
    end: database.prepare('UPDATE views SET duration = coalesce(duration, 0) + ?, ended = 1 WHERE id = ?'),
  };
}

/** Whether the device has had a view, or seconds of one. */
export function hadViews(database: SqlDatabase, appKey: string, deviceId: string): boolean {
  const found = database.prepare('SELECT 1 FROM views WHERE app_key = ? AND device_id = ? LIMIT 1');
  return found.first(appKey, deviceId) !== undefined;
}

/** Views of one entry: a start makes a row, an end completes the newest row of that name (and view id, when given). */
export function createViewIngest(context: IngestContext, owner: Owner, entry: Entry): ViewIngest {
  const { insert } = context.store;
  const statements = prepare(context.store.database);
  const { app_key: appKey, device_id: deviceId } = owner.device;
  const timestamp = timeAfterEvents(entry);
  let isKnown: boolean | undefined;
  const newest = (name: string, viewId: string | undefined): ViewRow | undefined =>
    viewId === undefined
      ? statements.byName.first(appKey, deviceId, name)
      : statements.byId.first(appKey, deviceId, name, viewId);

  /** In a visitor's first request with views a server takes each start for a new visitor (docs/protocol.md §17.4). */
  const isNewVisitor = (name: string): boolean => !isKnown || newest(name, undefined) === undefined;

  const add = (sent: Sent, visit: boolean): void => {
    const { event, segmentation, name } = sent;
    const duration = durationOf(event, segmentation);
    const row = {
      ...ownerColumns(context, owner),
      name,
      view_id: sent.viewId ?? null,
      visit,
      new_visitor: visit && isNewVisitor(name),
      landing: visit && Boolean(segmentation['start']),
      platform: textOf(segmentation['segment']) ?? null,
      duration,
      ended: duration !== null || !visit,
      session_id: owner.device.open_session,
      segmentation: JSON.stringify(segmentation),
      timestamp,
      started_at: eventTime(event, entry),
      place: sent.place,
    };
    const id = insert.views(row);
    context.numbers.views.push(row);
    if (visit) owner.device.view_count += 1;
    context.live.add('view', () => ({ id, ...row }));
  };

  /** Without its start the seconds still count for the named view: a row that is no visit. */
  const end = (sent: Sent): void => {
    const view = newest(sent.name, sent.viewId);
    const duration = durationOf(sent.event, sent.segmentation) ?? 0;
    if (view === undefined) {
      if (duration !== 0) add(sent, false);
      return;
    }
    statements.end.run(duration, view.id);
    context.numbers.viewEnds.push({ name: sent.name, duration });
    context.live.add('view', () => ({
      id: view.id,
      name: sent.name,
      device_id: deviceId,
      duration,
      ended: true,
      timestamp,
    }));
  };

  return {
    hasRunning: (name, viewId) => newest(name.slice(0, NAME_LIMIT), viewId)?.ended === 0,
    apply: (event, segmentation, place) => {
      owner.userChanged = true;
      isKnown ??= hadViews(context.store.database, appKey, deviceId);
      const name = stringOf(segmentation['name']).slice(0, NAME_LIMIT);
      const sent: Sent = { event, segmentation, name, viewId: textOf(segmentation['_idv']) ?? undefined, place };
      if (segmentation['visit']) add(sent, true);
      else end(sent);
    },
  };
}

/** Whole seconds; ten digits or more are taken for a timestamp and count as nothing. */
function durationOf(event: JsonObject, segmentation: JsonObject): number | null {
  const sent = numberOf(event['dur']) ?? numberOf(segmentation['dur']);
  if (sent === undefined) return null;
  const seconds = Math.round(sent);
  return Math.abs(seconds) >= 1e9 ? 0 : seconds;
}
