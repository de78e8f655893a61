import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
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

  it('uses the inspector that listens on its port already', async () => {
    await using other = await startInspector({ port: 0 });
    const { code, out } = await cli.start('--port', String(other.port)).ended;
    expect(code).toBe(0);
    expect(out).toContain(`one listens on ${other.url} already`);
  });

  it.each([
    ['another inspector, when it is to be one of its own', ['--strict'], async () => startInspector({ port: 0 })],
    ['something else', [], foreignServer],
  ])('takes the next port where there is %s, and says so', async (_what, options, start) => {
    await using other = await start();
    const running = cli.start('--port', String(other.port), ...options);
    const port = Number(await running.output(/listens on http:\/\/127\.0\.0\.1:(\d+)/));
    expect(port).toBeGreaterThan(other.port);
    running.signal('SIGTERM');
    const { code, out } = await running.ended;
    expect(out).toContain(`port ${other.port} is taken, so it is ${port}`);
    expect(code).toBe(0);
  });

  it('keeps nothing on disk unless it is told to', async () => {
    const running = cli.start('--port', '0');
    await running.output(/listens/);
    running.signal('SIGTERM');
    expect((await running.ended).out).toContain('database  :memory:');
  });

  it('fails from the start as it is asked to', async () => {
    const running = cli.start('--port', '0', '--fail', '429');
    const url = await running.output(/listens on (\S+)/);
    expect((await fetch(`${url}/i?app_key=K&device_id=ann`)).status).toBe(429);
    running.signal('SIGTERM');
    await running.ended;
  });

  it('opens the page in the browser', async () => {
    const opened = join(folder, 'opened');
    const browser = join(folder, 'browser');
    writeFileSync(browser, `#!/bin/sh\necho "$1" > ${opened}.part && mv ${opened}.part ${opened}\n`, { mode: 0o755 });
    const running = cli.startWith({ BROWSER: browser }, '--port', '0', '--open');
    const url = await running.output(/listens on (\S+)/);
    await vi.waitFor(() => expect(readFileSync(opened, 'utf8')).toBe(`${url}/\n`), 5000);
    running.signal('SIGTERM');
    await running.ended;
  });

  it.each([
    [['--port', 'http'], 'option "--port": expected a number from 0 to 65535, got "http"'],
    [['--prot', '1'], '--prot'],
    [['--salt'], '--salt'],
    [['--fail', 'sometimes'], 'fault "kind"'],
    [['--port', '0', '--'], 'expected a command behind "--"'],
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
    for (const option of ['--port', '--host', '--db', '--app-key', '--salt', '--base-path', '--allow-host', '--open'])
      expect(out).toContain(option);
    expect((await cli.start('--version').ended).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('warns when it listens beyond this machine', async () => {
    const running = cli.start('--port', '0', '--host', '0.0.0.0', '--db', ':memory:');
    await running.output(/listens/);
    running.signal('SIGTERM');
    expect((await running.ended).err).toContain('warning: listening on 0.0.0.0');
  });
});

describe('countly-inspector -- command', () => {
  let cli: BuiltCli;
  beforeAll(() => {
    cli = buildCli();
  });
  afterAll(() => cli.remove());

  const node = (code: string): string[] => ['--port', '0', '--', process.execPath, '-e', code];

  it('gives the command an address and an app key, and ends with its exit code', async () => {
    const report = `
      const { COUNTLY_URL, COUNTLY_APP_KEY } = process.env;
      fetch(COUNTLY_URL + '/i?device_id=ann&app_key=' + COUNTLY_APP_KEY)
        .then((answer) => { console.log(answer.status, COUNTLY_APP_KEY); process.exit(7); });`;
    const { code, out, err } = await cli.startWith({ COUNTLY_APP_KEY: undefined }, ...node(report)).ended;
    expect(out).toBe('200 inspector\n');
    expect(err).toContain('listens on');
    expect(code).toBe(7);
  });

  it('gives it the app key that is asked for, else the one it has', async () => {
    const tell = 'console.log(process.env.COUNTLY_APP_KEY)';
    const env = { COUNTLY_APP_KEY: 'own' };
    expect((await cli.startWith(env, ...node(tell)).ended).out).toBe('own\n');
    expect((await cli.startWith(env, '--app-key', 'K', ...node(tell)).ended).out).toBe('K\n');
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('passes %s on and waits for the command to end', async (signal) => {
    const wait = `process.on('${signal}', () => setTimeout(() => process.exit(3), 50)); console.log('ready'); setInterval(() => {}, 1000)`;
    const running = cli.start(...node(wait));
    await running.output(/ready/);
    running.signal(signal);
    expect((await running.ended).code).toBe(3);
  });

  it('ends a command that does not obey with the second signal', async () => {
    const running = cli.start(
      ...node(`process.on('SIGTERM', () => {}); console.log('ready'); setInterval(() => {}, 1000)`),
    );
    await running.output(/ready/);
    running.signal('SIGTERM');
    // What comes at the same time is the same signal, sent by two.
    running.signal('SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 700));
    running.signal('SIGTERM');
    expect((await running.ended).code).toBe(137);
  });

  it('ends as a shell does when a signal ends the command, or when there is no such command', async () => {
    const running = cli.start(...node(`console.log('ready'); setInterval(() => {}, 1000)`));
    await running.output(/ready/);
    running.signal('SIGTERM');
    expect((await running.ended).code).toBe(143);
    const { code, err } = await cli.start('--port', '0', '--', 'no-such-command-anywhere').ended;
    expect(code).toBe(127);
    expect(err).toContain('"no-such-command-anywhere" could not be started');
  });

  it('with --strict ends with 1 and a list when what came was wrong', async () => {
    const wrong = `fetch(process.env.COUNTLY_URL + '/i?app_key=K').then(() => process.exit(0))`;
    const { code, err } = await cli.start('--strict', ...node(wrong)).ended;
    expect(err).toContain('1× answered 400');
    expect(code).toBe(1);
  });

  it('lets no name of others do anything to the terminal', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'inspector-names-'));
    const plan = join(folder, 'plan.json');
    writeFileSync(plan, JSON.stringify({ version: 1, entries: [] }));
    const events = JSON.stringify([{ key: 'odd\u202e\u009b31m', count: 1 }]);
    const query = `app_key=K&device_id=ann&events=${encodeURIComponent(events)}`;
    const sends = `fetch(process.env.COUNTLY_URL + '/i?${query}').then(() => process.exit(0))`;
    const { err } = await cli.start('--strict', '--plan', plan, ...node(sends)).ended;
    expect(err).toContain('odd\\u{202e}\\u{9b}31m');
    expect(err).not.toMatch(/[\u202e\u009b]/);
    rmSync(folder, { recursive: true });
  });

  it('lets the command use an inspector that runs already', async () => {
    await using other = await startInspector({ port: 0 });
    const tell = 'console.log(process.env.COUNTLY_URL)';
    const { out } = await cli.start('--port', String(other.port), '--', process.execPath, '-e', tell).ended;
    expect(out).toBe(`${other.url}\n`);
  });
});

async function foreignServer(): Promise<{ port: number; [Symbol.asyncDispose](): Promise<void> }> {
  const server = createServer((_request, response) => response.end('something else'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    async [Symbol.asyncDispose]() {
      server.close();
    },
  };
}
