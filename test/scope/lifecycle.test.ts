import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appStoragePath, journalPath } from '../../lib/journal/path.js';
import { silentLogger } from '../../lib/logger.js';
import { Countly } from '../../lib/scope/countly.js';
import { DeviceIdFile, sanitizeDeviceId } from '../../lib/scope/device-id.js';
import { fatal, recorded } from '../support/recorded.js';

describe('the id of the own device', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'weave-id-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));

  it('is made once and kept', () => {
    const first = new DeviceIdFile(folder).load(undefined);
    expect(first.idType).toBe(1);
    expect(new DeviceIdFile(folder).load(undefined)).toEqual(first);
  });

  it('that was given wins, and one that was changed is remembered with its type', () => {
    const file = new DeviceIdFile(folder);
    expect(file.load('given')).toEqual({ deviceId: 'given', idType: 0 });
    file.store({ deviceId: 'named', idType: 0 });
    expect(new DeviceIdFile(folder).load(undefined)).toEqual({ deviceId: 'named', idType: 0 });
  });

  it('can be forgotten, and garbage in the file is no id', () => {
    const file = new DeviceIdFile(folder);
    const first = file.load(undefined);
    file.remove();
    expect(file.load(undefined)).not.toEqual(first);
    writeFileSync(join(folder, 'device-id'), '\u0000\u0001');
    expect(file.load(undefined).idType).toBe(1);
  });

  it('survives a disk that takes nothing', () => {
    const file = new DeviceIdFile(join(folder, 'file', 'below'));
    writeFileSync(join(folder, 'file'), '');
    expect(file.load(undefined).idType).toBe(1);
    expect(() => file.store({ deviceId: 'x', idType: 0 })).not.toThrow();
  });

  it('follows changeId over a restart', async () => {
    const options = {
      url: 'http://127.0.0.1:9',
      appKey: 'K',
      storagePath: folder,
      testMode: true,
      logger: { error() {}, warn() {}, log() {} },
    };
    const first = new Countly(options);
    first.changeId('me');
    await first.close({ timeout: 10 });
    const second = new Countly(options);
    expect([second.deviceId, second.deviceIdType]).toEqual(['me', 0]);
    await second.close({ timeout: 10 });
    const third = new Countly({ ...options, clearStoredDeviceId: true });
    expect(third.deviceIdType).toBe(1);
    await third.close({ timeout: 10 });
  });
});

describe('what is on disk', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'weave-disk-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));

  const journal = () => journalPath(appStoragePath(folder, 'K'), 'http://127.0.0.1:9');
  const started = () =>
    new Countly({ url: 'http://127.0.0.1:9', appKey: 'K', storagePath: folder, testMode: true, logger: silentLogger });

  it.each(['', ' \n', '\u0000\u0001', '[CLY]_temp_id', '00000000-0000-0000-0000-000000000000\n0\n'])(
    'an id that is none (%j) is repaired once',
    (damaged) => {
      writeFileSync(join(folder, 'device-id'), damaged);
      const { deviceId } = new DeviceIdFile(folder).load(undefined);
      expect(new DeviceIdFile(folder).load(undefined)).toEqual({ deviceId, idType: 1 });
      expect(readdirSync(folder)).toEqual(['device-id']);
    },
  );

  it.each([
    'no JSON',
    '[]',
    '{"v":2,"t":1,"c":[]}',
    '{"v":2,"t":1,"c":{"esb":{"constructor":["a"],"__proto__":["b"],"toString":["c"]},"eb":["hasOwnProperty"]}}',
    '{"v":2,"t":1,"c":{"esb":{"constructor":["a"]},"esw":{}}}',
    '{"v":2,"t":1,"c":{"esw":{"valueOf":["a"]},"esb":{"toString":["b"]},"eqs":1e300,"dort":1e300}}',
  ])('server settings that make no sense cost themselves: %s', async (text) => {
    mkdirSync(journal(), { recursive: true });
    writeFileSync(join(journal(), 'server-settings.json'), text);
    const client = started();
    client.addEvent('a');
    expect(client.stats().pending).toBe(1);
    await client.close({ timeout: 10 });
  });

  it.each(['device-id', 'server-settings.json', 'device-id and server-settings.json'])(
    'a folder in the place of %s does not stop the start',
    async (names) => {
      for (const name of names.split(' and ')) {
        mkdirSync(join(name === 'device-id' ? folder : journal(), name, 'below'), { recursive: true });
      }
      const client = new Countly({
        url: 'http://127.0.0.1:9',
        appKey: 'K',
        storagePath: folder,
        clearStoredDeviceId: true,
        testMode: true,
        logger: silentLogger,
      });
      expect(client.deviceIdType).toBe(1);
      await client.close({ timeout: 10 });
    },
  );
});

describe('a device id', () => {
  it.each(['a', '𠮷', '👩‍👩‍👧‍👦', '👍'.repeat(256), 'é'.repeat(256), 17, 17n])('may be %s', (id) => {
    expect(sanitizeDeviceId(id)).toBe(String(id));
  });

  it.each([
    '',
    '  ',
    'a'.repeat(257),
    '👍'.repeat(257),
    '\ud83d',
    'a\udc4d',
    'a\u0000b',
    'a\u0085b',
    'a\u009b31mb',
    '\u0080',
    'a\u2028b',
    null,
    undefined,
    'undefined',
    ' null ',
    'NaN',
    '[object Object]',
    Number.NaN,
    Number.POSITIVE_INFINITY,
    {},
    Number.NaN,
    Number.POSITIVE_INFINITY,
  ])('is not %j', (id) => {
    expect(sanitizeDeviceId(id)).toBeUndefined();
  });
});

describe('a disabled client', () => {
  it('needs nothing, does nothing and costs nothing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'weave-off-'));
    const listeners = process.listenerCount('exit');
    const client = Countly.init({ disabled: true, storagePath: join(folder, 'none') });
    client.addEvent('a');
    client.beginSession();
    client.trackView('x').end();
    client.userData.increment('n');
    client.logError(new Error('x'));
    expect(client.isAllowed('events')).toBe(false);
    expect(await client.fetchRemoteConfig()).toMatchObject({ ok: false });
    expect(client.stats()).toMatchObject({ accepted: 0, pending: 0, dropped: {} });
    expect(process.listenerCount('exit')).toBe(listeners);
    expect(existsSync(join(folder, 'none'))).toBe(false);
    expect(await client.close()).toEqual({ delivered: 0, pending: 0, dropped: 0 });
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  });
});

describe('a client', () => {
  it('shows neither key nor salt to its logger', async () => {
    const lines: string[] = [];
    const note = (line: string) => void lines.push(line);
    const test = recorded({
      appKey: 'topsecretkey',
      salt: 'topsecretsalt',
      debug: true,
      logger: { error: note, warn: note, log: note, debug: note },
    });
    test.transport.answer({ kind: 'hold', reason: 'app-unknown', message: 'App does not exist' });
    test.client.addEvent('');
    test.client.addEvent('a', { sum: Number.NaN });
    void test.client.flush({ timeout: 1 });
    for (let i = 0; i < 20; i++) await new Promise(setImmediate);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.join()).not.toMatch(/topsecret/);
  });

  it('shows its name, address and state to whoever prints it, and nothing else', async () => {
    const secrets = /secret|SECRET|ann@/;
    const { client, close } = recorded({
      url: 'http://user-secret:pass-secret@127.0.0.1:9/countly',
      appKey: 'SECRETKEY',
      salt: 'SECRETSALT',
      name: 'billing',
    });
    const scope = client.device('ann@example.com');
    client.userData.set('x', 'secret');
    const shown = [client, scope, client.userData, { client }, [scope], scope.abTests].map((one) =>
      inspect(one, { depth: 9, showHidden: true }),
    );
    expect(shown[0]).toBe("Countly { name: 'billing', url: 'http://127.0.0.1:9/countly', state: 'open' }");
    expect(shown[1]).toBe("DeviceScope { client: 'billing' }");
    expect([...shown, JSON.stringify(client), JSON.stringify(scope)].join()).not.toMatch(secrets);
    await close();
    expect(inspect(client)).toContain("state: 'closed'");
    expect(inspect(new Countly({ disabled: true }))).toContain("state: 'disabled'");
  });

  it('works behind a proxy', async () => {
    const test = recorded();
    const client = new Proxy(test.client, {});
    client.addEvent('a');
    client.userData.increment('n');
    client.run({ deviceId: 'v' }, () => client.addEvent('b'));
    expect(test.client.stats().accepted).toBe(2);
    await test.close();
  });

  it('in test mode records and never sends', async () => {
    const test = recorded({ testMode: true, serverSettings: true });
    test.client.addEvent('a');
    expect(await test.client.flush()).toMatchObject({ delivered: 0, pending: 1 });
    expect(await test.client.fetchRemoteConfig()).toMatchObject({ ok: false });
    expect([test.transport.requests.length, test.transport.queries.length]).toEqual([0, 0]);
  });

  it('ends what is open when it closes', async () => {
    const test = recorded();
    test.client.beginSession();
    test.client.trackView('/a');
    test.client.userData.set('x', 1);
    test.client.device('v').beginSession();
    test.clock.advance(3000);
    await test.close();
    const own = test.transport.delivered.filter(({ deviceId }) => deviceId === 'test-device');
    expect(own.at(-1)?.parameters).toMatchObject({ end_session: 1, session_duration: 3 });
    expect(test.transport.events.at(-1)).toMatchObject({ key: '[CLY]_view', dur: 3 });
    expect(test.transport.delivered.some(({ parameters }) => 'user_details' in parameters)).toBe(true);
    expect(test.transport.delivered.filter(({ deviceId }) => deviceId === 'v').at(-1)?.parameters).toHaveProperty(
      'end_session',
    );
    expect(test.clock.pendingTimers).toBe(0);
  });

  it('reports a fatal error when it is told to, and keeps what is not saved', () => {
    const test = recorded();
    test.client.trackErrors({ zone: 'a' });
    test.client.userData.set('x', 1);
    fatal(new Error('fatal'));
    expect(test.client.stats().pending).toBe(2);
    return test.close();
  });

  it('of a file mode keeps its files in its folder only', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'weave-files-'));
    const client = new Countly({
      url: 'http://127.0.0.1:9',
      appKey: 'K',
      storagePath: folder,
      testMode: true,
      logger: { error() {}, warn() {}, log() {} },
    });
    client.addEvent('a');
    await client.close({ timeout: 10 });
    expect(readdirSync(folder)).toContain('device-id');
    expect(readFileSync(join(folder, 'device-id'), 'utf8')).toBe(client.deviceId);
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  });
});
