import { type JsonObject, numberOf, textOf } from '../protocol/json.js';
import { effectiveTimestamp } from '../protocol/time-stamp.js';
import type { SqlDatabase } from '../sql/sql.js';
import type { IngestContext, Owner } from './context.js';
import { ownerColumns } from './context.js';
import type { Entry } from './entry.js';

const NAME_LIMIT = 128;

export interface ViewIngest {
  hasRunning(name: string, viewId: string | undefined): boolean;
  apply(event: JsonObject, segmentation: JsonObject): void;
}

interface ViewRow {
  id: number;
  ended: number;
}

function prepare(database: SqlDatabase) {
  return {
    byName: database.prepare<ViewRow>(
      'SELECT id, ended FROM views WHERE app_key = ? AND device_id = ? AND name = ? ORDER BY id DESC LIMIT 1',
    ),
    byId: database.prepare<ViewRow>(
      'SELECT id, ended FROM views WHERE app_key = ? AND device_id = ? AND name = ? AND view_id = ? ORDER BY id DESC LIMIT 1',
    ),
    end: database.prepare('UPDATE views SET duration = coalesce(duration, 0) + ?, ended = 1 WHERE id = ?'),
  };
}

/** Views of one entry: a start makes a row, an end completes the newest row of that name (and view id, when given). */
export function createViewIngest(context: IngestContext, owner: Owner, entry: Entry): ViewIngest {
  const { database, insert } = context.store;
  const statements = prepare(database);
  const { app_key: appKey, device_id: deviceId } = owner.device;
  const newest = (name: string, viewId: string | undefined): ViewRow | undefined =>
    viewId === undefined
      ? statements.byName.first(appKey, deviceId, name)
      : statements.byId.first(appKey, deviceId, name, viewId);

  const start = (event: JsonObject, segmentation: JsonObject, name: string, viewId: string | undefined): void => {
    const duration = durationOf(event, segmentation);
    const row = {
      ...ownerColumns(context, owner),
      name,
      view_id: viewId ?? null,
      landing: Boolean(segmentation['start']),
      platform: textOf(segmentation['segment']) ?? null,
      duration,
      ended: duration !== null,
      session_id: owner.device.open_session,
      segmentation: JSON.stringify(segmentation),
      timestamp: effectiveTimestamp(event['timestamp'], entry.timestamp, entry.now),
    };
    const id = insert.views(row);
    owner.device.view_count += 1;
    context.live.add('view', () => ({ id, ...row }));
  };

  return {
    hasRunning: (name, viewId) => newest(name.slice(0, NAME_LIMIT), viewId)?.ended === 0,
    apply: (event, segmentation) => {
      const name = String(segmentation['name']).slice(0, NAME_LIMIT);
      const viewId = textOf(segmentation['_idv']) ?? undefined;
      if (segmentation['visit']) {
        start(event, segmentation, name, viewId);
        return;
      }
      const view = newest(name, viewId);
      if (view === undefined) return;
      const duration = durationOf(event, segmentation) ?? 0;
      statements.end.run(duration, view.id);
      const { timestamp } = entry;
      context.live.add('view', () => ({ id: view.id, name, device_id: deviceId, duration, ended: true, timestamp }));
    },
  };
}

/** Whole seconds; ten digits or more are taken for a timestamp and count as nothing. */
function durationOf(event: JsonObject, segmentation: JsonObject): number | null {
  const sent = numberOf(event['dur']) ?? numberOf(segmentation['dur']);
  if (sent === undefined) return null;
  const seconds = Math.round(sent);
  return String(Math.abs(seconds)).length >= 10 ? 0 : seconds;
}
