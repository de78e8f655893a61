import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InspectorOptionError, openReadOnly, startInspector, TABLES } from '../src/index.js';

describe('startInspector', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'inspector-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const request = { app_key: 'K', device_id: 'ann', timestamp: 1_700_000_000_000, events: [{ key: 'a', count: 1 }] };
  const send = async (url: string) => {
    const headers = { 'content-type': 'application/json' };
    return (await fetch(`${url}/i`, { method: 'POST', headers, body: JSON.stringify(request) })).json();
  };

  it('takes a free port and says where it listens', async () => {
    await using inspector = await startInspector({ port: 0 });
    expect(inspector.port).toBeGreaterThan(0);
    expect(inspector.url).toBe(`http://127.0.0.1:${inspector.port}`);
    expect((await fetch(`${inspector.url}/o/ping`)).status).toBe(200);
  });

  it('keeps what came in over a restart, and still recognises a repeated request', async () => {
    const database = join(folder, 'data.db');
    const first = await startInspector({ port: 0, database });
    await send(first.url);
    await first.close();
    await using second = await startInspector({ port: 0, database });
    expect(await send(second.url)).toMatchObject({ info: 'Request ignored: Duplicate request' });
    expect(second.query('SELECT id, outcome FROM requests ORDER BY id')).toEqual([
      { id: 1, outcome: 'stored' },
      { id: 2, outcome: 'ignored' },
    ]);
  });

  it('can be read by others while it runs, but not written', async () => {
    const database = join(folder, 'data.db');
    await using inspector = await startInspector({ port: 0, database });
    await send(inspector.url);
    const reader = openReadOnly(database);
    expect(reader.query('SELECT key FROM events')).toEqual([{ key: 'a' }]);
    for (const table of TABLES) expect(() => reader.query(`SELECT * FROM ${table}`)).not.toThrow();
    expect(() => reader.query('DELETE FROM events')).toThrow();
    expect(inspector.query('SELECT key FROM events')).toEqual([{ key: 'a' }]);
    reader.close();
  });

  it('closes twice without complaint', async () => {
    const inspector = await startInspector({ port: 0 });
    await Promise.all([inspector.close(), inspector.close()]);
    await expect(fetch(inspector.url)).rejects.toThrow();
  });

  it('warns when it listens beyond this machine', async () => {
    const warnings: string[] = [];
    await using _inspector = await startInspector({
      port: 0,
      host: '0.0.0.0',
      onWarning: (text) => warnings.push(text),
    });
    expect(warnings).toEqual([expect.stringContaining('listening on 0.0.0.0')]);
  });

  it.each([
    [{ port: 70_000 }, 'option "port": expected a whole number from 0 to 65535, got 70000'],
    [{ basePath: 'no slash' }, 'option "basePath": expected a path like "/countly", got "no slash"'],
    [{ database: '' }, 'option "database": expected a text that is not empty, got ""'],
  ])('refuses %o', async (options, message) => {
    await expect(startInspector(options)).rejects.toThrow(new InspectorOptionError(message));
  });
});
