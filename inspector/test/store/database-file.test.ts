import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Libsql from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DatabaseError, type InspectorOptions, openReadOnly, startInspector } from '../../src/index.js';

let folder: string;
let database: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'inspector-file-'));
  database = join(folder, 'data.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

let sent = 0;
async function send(url: string, key = 'a'): Promise<{ status: number; body: unknown; ms: number }> {
  sent += 1;
  const body = { app_key: 'K', device_id: 'ann', timestamp: 1_700_000_000_000 + sent, events: [{ key, count: 1 }] };
  const startedAt = performance.now();
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/i`, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: response.status, body: await response.json(), ms: performance.now() - startedAt };
}

const rightsOf = (file: string): number => statSync(join(folder, file)).mode & 0o777;

describe('the database file', () => {
  it('and what lies beside it can be read by their owner only', async () => {
    const before = process.umask(0);
    try {
      await using inspector = await startInspector({ port: 0, database });
      await send(inspector.url);
      expect(readdirSync(folder).sort()).toEqual(['data.db', 'data.db-shm', 'data.db-wal', 'data.db.lock']);
      expect(readdirSync(folder).map(rightsOf)).toEqual([0o600, 0o600, 0o600, 0o600]);
    } finally {
      process.umask(before);
    }
  });

  it('made by an earlier version with other rights is closed to others', async () => {
    await (await startInspector({ port: 0, database })).close();
    chmodSync(database, 0o644);
    await using _inspector = await startInspector({ port: 0, database });
    expect(rightsOf('data.db')).toBe(0o600);
  });

  it('is free again when an inspector has ended', async () => {
    await (await startInspector({ port: 0, database })).close();
    expect(readdirSync(folder)).not.toContain('data.db.lock');
  });
});

describe('a file of another version', () => {
  const made = (version: number, more = ''): void => {
    const native = new Libsql(database);
    native.exec(readFileSync(join(__dirname, 'version-4.sql'), 'utf8'));
    native.exec(`${more}; PRAGMA user_version = ${version}`);
    native.close();
  };

  it('goes on where the earlier one ended, with what it has', async () => {
    made(
      4,
      `INSERT INTO sessions (request_id, app_key, device_id, started_at, duration, resumed) VALUES (1, 'K', 'ann', 5, 60, 0);
       INSERT INTO devices (app_key, device_id, uid, first_seen, last_seen, counted) VALUES ('K', 'ann', 'u', 5, 5, 1)`,
    );
    for (const _start of ['first', 'second']) {
      await using inspector = await startInspector({ port: 0, database });
      expect((await send(inspector.url)).status).toBe(200);
      const answer = await fetch(`${inspector.url}/api/devices/ann/timeline`);
      const { items } = (await answer.json()) as { items: { kind: string; method: number | null }[] };
      expect(items).toContainEqual(expect.objectContaining({ kind: 'session', method: null, unit: null }));
    }
  });

  it.each([
    ['a later one', 1000, /not written by this version of the inspector; use the later one, or delete it/],
    ['one before the first release', 3, /not written by this version of the inspector; delete it/],
  ])('is left alone when it is of %s', async (_name, version, message) => {
    made(version);
    const before = readFileSync(database);
    await expect(startInspector({ port: 0, database })).rejects.toThrow(message);
    expect(readFileSync(database).equals(before)).toBe(true);
  });

  it('lets go of one in which something is missing, and can be asked for it again', async () => {
    await (await startInspector({ port: 0, database })).close();
    const native = new Libsql(database);
    native.exec('DROP TABLE crashes');
    native.close();
    for (const _start of ['first', 'second']) {
      await expect(startInspector({ port: 0, database })).rejects.toThrow('no such table: crashes');
    }
    expect(readdirSync(folder)).not.toContain('data.db.lock');
  });

  it('has all that is new or nothing of it', async () => {
    made(4, 'DROP TABLE merges; CREATE VIEW merges AS SELECT 1 AS id');
    await expect(startInspector({ port: 0, database })).rejects.toThrow(DatabaseError);
    const reader = openReadOnly(database);
    expect(reader.query("SELECT name FROM pragma_table_info('sessions')").map(({ name }) => name)).not.toContain(
      'unit',
    );
    expect(reader.query('PRAGMA user_version')).toEqual([{ user_version: 4 }]);
    reader.close();
  });
});

describe('a second inspector on one file', () => {
  it.each([
    ['by the same name', () => database],
    ['by another way to write the name', () => join(folder, '.', 'x', '..', 'data.db')],
    [
      'through a link',
      () => {
        symlinkSync(database, join(folder, 'link.db'));
        return join(folder, 'link.db');
      },
    ],
  ])('is refused at the start: %s', async (_name, path) => {
    await using first = await startInspector({ port: 0, database });
    await expect(startInspector({ port: 0, database: path() })).rejects.toThrow(
      /database ".*" cannot be opened: another inspector is writing to it/,
    );
    expect((await send(first.url)).status).toBe(200);
    expect(first.query('SELECT key FROM events')).toEqual([{ key: 'a' }]);
  });

  it('starts once the first one has ended', async () => {
    await (await startInspector({ port: 0, database })).close();
    await using second = await startInspector({ port: 0, database });
    expect((await send(second.url)).status).toBe(200);
  });

  it('has memory for itself', async () => {
    await using first = await startInspector({ port: 0 });
    await using second = await startInspector({ port: 0 });
    await send(first.url);
    expect(second.query('SELECT * FROM events')).toEqual([]);
  });
});

describe('a start that fails', () => {
  const other = createServer();
  beforeEach(() => new Promise<void>((resolve) => other.listen(0, '127.0.0.1', () => resolve())));
  afterEach(() => new Promise((resolve) => other.close(resolve)));
  const taken = () => (other.address() as AddressInfo).port;

  it.each<[string, () => InspectorOptions]>([
    ['a taken port', () => ({ port: taken(), database })],
    ['a host that is not of this machine', () => ({ port: 0, host: '203.0.113.1', database })],
    ['a wrong option', () => ({ port: -1, database })],
  ])('for %s leaves no file', async (_name, options) => {
    await expect(startInspector(options())).rejects.toThrow();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('keeps a file that was there, and what is in it', async () => {
    const first = await startInspector({ port: 0, database });
    await send(first.url);
    await first.close();
    await expect(startInspector({ port: taken(), database })).rejects.toThrow();
    await using again = await startInspector({ port: 0, database });
    expect(again.query('SELECT key FROM events')).toEqual([{ key: 'a' }]);
  });

  it.each(['', '.lock'])('does not wait for whoever reads a pipe in the place of the file%s', async (end) => {
    execFileSync('mkfifo', [database + end]);
    await expect(startInspector({ port: 0, database })).rejects.toThrow('is a pipe');
  });

  it('takes no folder and no device, and leaves their rights as they are', async () => {
    const rights = statSync('/dev/null').mode;
    await expect(startInspector({ port: 0, database: folder })).rejects.toThrow('is a folder');
    await expect(startInspector({ port: 0, database: '/dev/null' })).rejects.toThrow('is no regular file');
    expect(statSync('/dev/null').mode).toBe(rights);
  });

  it.each([
    ['no database', (path: string) => writeFileSync(path, 'hello '.repeat(1000)), /cannot be used/],
    [
      'the database of another program',
      (path: string) => {
        const native = new Libsql(path);
        native.exec('CREATE TABLE customers (name TEXT)');
        native.close();
      },
      /not written by this version/,
    ],
  ])('leaves a file alone that is %s, and says so', async (_name, make, message) => {
    make(database);
    chmodSync(database, 0o644);
    const before = readFileSync(database);
    const start = startInspector({ port: 0, database });
    await expect(start).rejects.toThrow(DatabaseError);
    await expect(start).rejects.toThrow(message);
    expect(readFileSync(database).equals(before)).toBe(true);
    expect(rightsOf('data.db')).toBe(0o644);
    expect(existsSync(`${database}.lock`)).toBe(false);
  });
});

describe('a file that another program has locked', () => {
  const lock = () => {
    const native = new Libsql(database);
    native.exec('BEGIN IMMEDIATE');
    return native;
  };

  it('lets requests fail at once, in words, so that they are sent again', async () => {
    const warnings: string[] = [];
    await using inspector = await startInspector({ port: 0, database, onWarning: (text) => warnings.push(text) });
    const native = lock();
    const answer = await send(inspector.url);
    expect(answer).toMatchObject({ status: 503, body: { result: 'another program has locked the database file' } });
    expect(answer.ms).toBeLessThan(1000);
    expect((await send(inspector.url)).status).toBe(503);
    // Once, however many requests meet it.
    expect(warnings).toEqual(['POST /i was not stored: another program has locked the database file']);
    native.exec('ROLLBACK');
    native.close();
    expect((await send(inspector.url)).status).toBe(200);
  });

  it('does not keep the page from reading', async () => {
    await using inspector = await startInspector({ port: 0, database });
    await send(inspector.url);
    const native = lock();
    const waiting = Array.from({ length: 5 }, () => send(inspector.url));
    const startedAt = performance.now();
    expect((await fetch(`${inspector.url}/api/summary`)).status).toBe(200);
    expect(performance.now() - startedAt).toBeLessThan(1500);
    await Promise.all(waiting);
    native.close();
  });

  it('takes a repeated request for a first one: the failed one was not stored', async () => {
    await using inspector = await startInspector({ port: 0, database });
    const native = lock();
    const apm = { type: 'device', name: 'w', apm_metrics: { duration: 1 }, stz: 1, etz: 2 };
    const post = async () => {
      const body = JSON.stringify({ app_key: 'K', device_id: 'ann', timestamp: 1_700_000_000_000, apm });
      const headers = { 'content-type': 'application/json' };
      return (await fetch(`${inspector.url}/i`, { method: 'POST', headers, body })).status;
    };
    expect(await post()).toBe(503);
    native.exec('ROLLBACK');
    native.close();
    expect(await post()).toBe(200);
    expect(inspector.query('SELECT * FROM problems WHERE "row" = 64')).toEqual([]);
  });
});

describe('a full disk', () => {
  it('is told as such, and over when there is room again', async () => {
    const warnings: string[] = [];
    await using inspector = await startInspector({ port: 0, database, onWarning: (text) => warnings.push(text) });
    const pages = Number(inspector.query<{ page_count: number }>('PRAGMA page_count')[0]?.page_count);
    inspector.query(`PRAGMA max_page_count = ${pages}`);
    const answers = await Promise.all(Array.from({ length: 3 }, () => send(inspector.url, 'x'.repeat(100))));
    await send(inspector.url);
    const body = {
      app_key: 'K',
      device_id: 'ann',
      timestamp: 1,
      events: [{ key: 'a', segmentation: { x: 'y'.repeat(90_000) } }],
    };
    const full = await fetch(`${inspector.url}/i`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(answers.length).toBe(3);
    expect(full.status).toBe(503);
    expect(await full.json()).toEqual({ result: 'no space is left on the disk for the database file' });
    expect(warnings.at(-1)).toBe('POST /i was not stored: no space is left on the disk for the database file');
    inspector.query('PRAGMA max_page_count = 1000000');
    expect((await send(inspector.url)).status).toBe(200);
  });
});

describe('a reader', () => {
  it('goes on beside an inspector', async () => {
    await using inspector = await startInspector({ port: 0, database });
    await send(inspector.url);
    const reader = openReadOnly(database);
    expect(reader.query('SELECT key FROM events')).toEqual([{ key: 'a' }]);
    reader.close();
  });
});
