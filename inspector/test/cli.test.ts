import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openReadOnly, startInspector } from '../src/index.js';
import { type BuiltCli, buildCli } from './support/built-cli.js';

describe('countly-inspector', () => {
  let cli: BuiltCli;
  let folder: string;
  beforeAll(() => {
    cli = buildCli();
    folder = mkdtempSync(join(tmpdir(), 'inspector-cli-'));
  });
  afterAll(() => {
    cli.remove();
    rmSync(folder, { recursive: true });
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'collects until %s, then ends with 0 and leaves a complete file',
    async (signal) => {
      const database = join(folder, `${signal}.db`);
      const running = cli.start('--port', '0', '--db', database, '--app-key', 'K');
      const url = await running.output(/listens on (\S+)/);
      const query = 'app_key=K&device_id=ann&timestamp=1700000000000&events=%5B%7B%22key%22%3A%22a%22%7D%5D';
      expect((await fetch(`${url}/i?${query}`)).status).toBe(200);
      expect((await fetch(`${url}/i?${query.replace('=K', '=other')}`)).status).toBe(400);
      running.signal(signal);
      expect((await running.ended).code).toBe(0);
      const reader = openReadOnly(database);
      expect(reader.query('SELECT key FROM events')).toEqual([{ key: 'a' }]);
      reader.close();
    },
  );

  it('on a taken port names the port and the remedy and ends with 1', async () => {
    await using other = await startInspector({ port: 0 });
    const { code, err } = await cli.start('--port', String(other.port), '--db', ':memory:').ended;
    expect(code).toBe(1);
    expect(err).toContain(`port ${other.port} is already taken`);
    expect(err).toContain(`--port ${other.port + 1}`);
  });

  it.each([
    [['--port', 'http'], 'option "--port": expected a number from 0 to 65535, got "http"'],
    [['--prot', '1'], '--prot'],
    [['--salt'], '--salt'],
  ])('refuses %j with a message and 2', async (options, message) => {
    const { code, err } = await cli.start(...options).ended;
    expect(err).toContain(message);
    expect(err).toContain('--help');
    expect(code).toBe(2);
  });

  it('says which database cannot be opened', async () => {
    const { code, err } = await cli.start('--port', '0', '--db', join(folder, 'no', 'such', 'folder.db')).ended;
    expect(err).toMatch(/database ".*folder\.db" cannot be opened/);
    expect(err).toContain('--db');
    expect(code).toBe(1);
  });

  it('refuses a file that another inspector writes to, and a foreign host name', async () => {
    const database = join(folder, 'shared.db');
    const first = cli.start('--port', '0', '--db', database, '--allow-host', 'one.test', '--allow-host', 'two.test');
    await first.output(/listens on (\S+)/);
    const { code, err } = await cli.start('--port', '0', '--db', database).ended;
    expect(err).toContain('another inspector is writing to it. Choose another file with --db.');
    expect(code).toBe(1);
    first.signal('SIGTERM');
    expect((await first.ended).code).toBe(0);
    const wrong = await cli.start('--allow-host', 'http://x').ended;
    expect(wrong.err).toContain('option "allowedHosts"');
  });

  it('explains itself', async () => {
    const { code, out } = await cli.start('--help').ended;
    expect(code).toBe(0);
    for (const option of ['--port', '--host', '--db', '--app-key', '--salt', '--base-path', '--allow-host'])
      expect(out).toContain(option);
  });

  it('warns when it listens beyond this machine', async () => {
    const running = cli.start('--port', '0', '--host', '0.0.0.0', '--db', ':memory:');
    await running.output(/listens/);
    running.signal('SIGTERM');
    expect((await running.ended).err).toContain('warning: listening on 0.0.0.0');
  });
});
