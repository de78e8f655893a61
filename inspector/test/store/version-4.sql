CREATE TABLE IF NOT EXISTS requests (
  id INTEGER PRIMARY KEY, received_at INTEGER NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL, endpoint TEXT NOT NULL,
  query TEXT NOT NULL, content_type TEXT, user_agent TEXT, remote TEXT, body_bytes INTEGER NOT NULL,
  body_sha256 TEXT, app_key TEXT, status INTEGER, reply TEXT, outcome TEXT NOT NULL, fault TEXT, stored INTEGER NOT NULL,
  entry_count INTEGER NOT NULL, event_count INTEGER NOT NULL, view_count INTEGER NOT NULL, duration_ms REAL NOT NULL,
  body TEXT);
CREATE INDEX IF NOT EXISTS requests_status ON requests (status, id);
CREATE INDEX IF NOT EXISTS requests_app ON requests (app_key, id);
CREATE INDEX IF NOT EXISTS requests_fault ON requests (fault, id) WHERE fault IS NOT NULL;
CREATE INDEX IF NOT EXISTS requests_endpoint ON requests (endpoint, id);
CREATE INDEX IF NOT EXISTS requests_time ON requests (received_at);
CREATE INDEX IF NOT EXISTS requests_outcome ON requests (outcome, id);
CREATE INDEX IF NOT EXISTS requests_body ON requests (body_sha256, id);
CREATE TABLE IF NOT EXISTS entries (
  id INTEGER PRIMARY KEY, request_id INTEGER NOT NULL, position INTEGER NOT NULL, app_key TEXT, device_id TEXT,
  timestamp INTEGER, kinds TEXT NOT NULL, outcome TEXT NOT NULL, info TEXT, params TEXT);
CREATE INDEX IF NOT EXISTS entries_request ON entries (request_id);
CREATE INDEX IF NOT EXISTS entries_device ON entries (device_id, id);
CREATE INDEX IF NOT EXISTS entries_outcome ON entries (outcome, id);
CREATE TABLE IF NOT EXISTS devices (
  id INTEGER PRIMARY KEY, app_key TEXT NOT NULL, device_id TEXT NOT NULL, uid TEXT NOT NULL, first_seen INTEGER NOT NULL,
  last_seen INTEGER NOT NULL, id_type INTEGER, sdk_name TEXT, sdk_version TEXT, app_version TEXT, platform TEXT,
  country TEXT, region TEXT, city TEXT, location TEXT, location_source TEXT, ip TEXT, tz INTEGER, metrics TEXT, health TEXT,
  known INTEGER NOT NULL DEFAULT 0, counted INTEGER NOT NULL DEFAULT 0,
  request_count INTEGER NOT NULL DEFAULT 0, event_count INTEGER NOT NULL DEFAULT 0, view_count INTEGER NOT NULL DEFAULT 0,
  session_count INTEGER NOT NULL DEFAULT 0, session_seconds INTEGER NOT NULL DEFAULT 0,
  crash_count INTEGER NOT NULL DEFAULT 0, trace_count INTEGER NOT NULL DEFAULT 0,
  open_session INTEGER, last_session INTEGER, last_end INTEGER, last_request TEXT, UNIQUE (app_key, device_id));
CREATE INDEX IF NOT EXISTS devices_seen ON devices (last_seen);
CREATE INDEX IF NOT EXISTS devices_name ON devices (device_id);
CREATE INDEX IF NOT EXISTS devices_counted ON devices (id) WHERE counted = 1;
CREATE TABLE IF NOT EXISTS events (
  id INTEGER PRIMARY KEY, request_id INTEGER NOT NULL, entry_id INTEGER NOT NULL, app_key TEXT NOT NULL,
  device_id TEXT NOT NULL, key TEXT NOT NULL, count INTEGER NOT NULL, sum REAL, dur REAL, segmentation TEXT,
  timestamp INTEGER NOT NULL, hour INTEGER, dow INTEGER, tz INTEGER, event_id TEXT, pvid TEXT, cvid TEXT,
  peid TEXT, extra TEXT, place INTEGER NOT NULL, method INTEGER, unit TEXT);
CREATE INDEX IF NOT EXISTS events_method ON events (method, id) WHERE method IS NOT NULL;
CREATE INDEX IF NOT EXISTS events_unit ON events (unit) WHERE unit IS NOT NULL;
CREATE INDEX IF NOT EXISTS events_key ON events (key, id);
CREATE INDEX IF NOT EXISTS events_app ON events (app_key, id);
CREATE INDEX IF NOT EXISTS events_device ON events (device_id, id);
CREATE INDEX IF NOT EXISTS events_request ON events (request_id);
CREATE TABLE IF NOT EXISTS views (
  id INTEGER PRIMARY KEY, request_id INTEGER NOT NULL, entry_id INTEGER NOT NULL, app_key TEXT NOT NULL,
  device_id TEXT NOT NULL, name TEXT NOT NULL, view_id TEXT, visit INTEGER NOT NULL, new_visitor INTEGER NOT NULL,
  landing INTEGER NOT NULL, platform TEXT, duration REAL,
  ended INTEGER NOT NULL, session_id INTEGER, segmentation TEXT, timestamp INTEGER NOT NULL,
  started_at INTEGER NOT NULL, place INTEGER NOT NULL, method INTEGER, unit TEXT);
CREATE INDEX IF NOT EXISTS views_request ON views (request_id);
CREATE INDEX IF NOT EXISTS views_method ON views (method, id) WHERE method IS NOT NULL;
CREATE INDEX IF NOT EXISTS views_unit ON views (unit) WHERE unit IS NOT NULL;
CREATE INDEX IF NOT EXISTS views_device ON views (device_id, name, id);
CREATE INDEX IF NOT EXISTS views_name ON views (name, id);
CREATE INDEX IF NOT EXISTS views_id ON views (view_id);
CREATE TABLE IF NOT EXISTS sessions (
  id INTEGER PRIMARY KEY, request_id INTEGER NOT NULL, app_key TEXT NOT NULL, device_id TEXT NOT NULL,
  started_at INTEGER NOT NULL, ended_at INTEGER, ended_by TEXT, duration INTEGER NOT NULL, resumed INTEGER NOT NULL,
  hour INTEGER, dow INTEGER,
  metrics TEXT, country TEXT, city TEXT, location_source TEXT);
CREATE INDEX IF NOT EXISTS sessions_open ON sessions (id) WHERE ended_at IS NULL;
CREATE INDEX IF NOT EXISTS sessions_device ON sessions (device_id, id);
CREATE TABLE IF NOT EXISTS crashes (
  id INTEGER PRIMARY KEY, request_id INTEGER NOT NULL, entry_id INTEGER NOT NULL, app_key TEXT NOT NULL,
  device_id TEXT NOT NULL, name TEXT NOT NULL, error TEXT NOT NULL, nonfatal INTEGER NOT NULL, logs TEXT, custom TEXT,
  app_version TEXT, os TEXT, group_hash TEXT, crash TEXT NOT NULL, timestamp INTEGER NOT NULL,
  method INTEGER, unit TEXT);
CREATE INDEX IF NOT EXISTS crashes_name ON crashes (name, id);
CREATE INDEX IF NOT EXISTS crashes_request ON crashes (request_id);
CREATE INDEX IF NOT EXISTS crashes_method ON crashes (method, id) WHERE method IS NOT NULL;
CREATE INDEX IF NOT EXISTS crashes_unit ON crashes (unit) WHERE unit IS NOT NULL;
CREATE INDEX IF NOT EXISTS crashes_group ON crashes (group_hash, id);
CREATE INDEX IF NOT EXISTS crashes_device ON crashes (device_id, id);
CREATE TABLE IF NOT EXISTS traces (
  id INTEGER PRIMARY KEY, request_id INTEGER NOT NULL, entry_id INTEGER NOT NULL, app_key TEXT NOT NULL,
  device_id TEXT NOT NULL, type TEXT NOT NULL, name TEXT NOT NULL, duration REAL, response_code INTEGER,
  metrics TEXT NOT NULL, attributes TEXT, stz INTEGER NOT NULL, etz INTEGER NOT NULL, timestamp INTEGER NOT NULL,
  method INTEGER, unit TEXT);
CREATE INDEX IF NOT EXISTS traces_request ON traces (request_id);
CREATE INDEX IF NOT EXISTS traces_method ON traces (method, id) WHERE method IS NOT NULL;
CREATE INDEX IF NOT EXISTS traces_unit ON traces (unit) WHERE unit IS NOT NULL;
CREATE INDEX IF NOT EXISTS traces_name ON traces (type, name, id);
CREATE INDEX IF NOT EXISTS traces_device ON traces (device_id, id);
CREATE TABLE IF NOT EXISTS user_profiles (
  app_key TEXT NOT NULL, device_id TEXT NOT NULL, name TEXT, username TEXT, email TEXT, organization TEXT, phone TEXT,
  picture TEXT, gender TEXT, byear INTEGER, custom TEXT NOT NULL, updated_at INTEGER NOT NULL, request_id INTEGER NOT NULL,
  PRIMARY KEY (app_key, device_id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS user_profiles_time ON user_profiles (updated_at, device_id);
CREATE TABLE IF NOT EXISTS consents (
  app_key TEXT NOT NULL, device_id TEXT NOT NULL, feature TEXT NOT NULL, granted INTEGER NOT NULL, value TEXT NOT NULL,
  updated_at INTEGER NOT NULL, request_id INTEGER NOT NULL, PRIMARY KEY (app_key, device_id, feature)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS consent_changes (
  id INTEGER PRIMARY KEY, request_id INTEGER NOT NULL, app_key TEXT NOT NULL, device_id TEXT NOT NULL,
  feature TEXT NOT NULL, granted INTEGER NOT NULL, value TEXT NOT NULL, timestamp INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS consent_changes_device ON consent_changes (device_id, id);
CREATE TABLE IF NOT EXISTS merges (
  id INTEGER PRIMARY KEY, request_id INTEGER NOT NULL, app_key TEXT NOT NULL, old_device_id TEXT NOT NULL,
  device_id TEXT NOT NULL, timestamp INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS merges_device ON merges (device_id, id);
CREATE TABLE IF NOT EXISTS problems (
  id INTEGER PRIMARY KEY, at INTEGER NOT NULL, "row" INTEGER NOT NULL, level TEXT NOT NULL, title TEXT NOT NULL,
  message TEXT NOT NULL, server TEXT NOT NULL, remedy TEXT NOT NULL, request_id INTEGER NOT NULL, position INTEGER,
  app_key TEXT, device_id TEXT, occurrences INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS problems_row ON problems ("row", id);
CREATE INDEX IF NOT EXISTS problems_device ON problems (device_id, id);
CREATE INDEX IF NOT EXISTS problems_request ON problems (request_id);
CREATE TABLE IF NOT EXISTS methods (
  id INTEGER PRIMARY KEY, identity TEXT NOT NULL UNIQUE, class_name TEXT NOT NULL, method_name TEXT NOT NULL,
  is_static INTEGER NOT NULL, file TEXT, line INTEGER, "column" INTEGER, decorators TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS units (
  id TEXT PRIMARY KEY, title TEXT NOT NULL, started_at INTEGER NOT NULL, device_id TEXT, client TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS units_time ON units (started_at);
CREATE INDEX IF NOT EXISTS units_device ON units (device_id, started_at);
