import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { tellUser } from '../../lib/compat/calls.js';
import type { CountlyOptions } from '../../lib/config/options.js';
import type { WireRequest } from '../../lib/http/transport.js';
import { silentLogger } from '../../lib/logger.js';
import type { Delivery } from '../../lib/protocol/answer.js';
import { Countly } from '../../lib/scope/countly.js';
import { type Recorded, recorded } from '../support/recorded.js';

const gone: Delivery = { kind: 'retry', reason: 'gone' };

/** The parts of a multipart body as a server's parser finds them. */
function partsOf(request: WireRequest): Record<string, { header: string; value: string }> {
  const boundary = /boundary=(.+)$/.exec(request.contentType)?.[1] ?? '';
  const parts = String(request.body).split(`--${boundary}`).slice(1, -1);
  return Object.fromEntries(
    parts.map((part) => {
      const [header = '', value = ''] = part.trim().split('\r\n\r\n');
      return [/ name="([^"]+)"/.exec(header)?.[1] ?? '', { header, value }];
    }),
  );
}

describe('a picture of a person on this machine', () => {
  let folder: string;
  let test: Recorded;
  const PNG = Buffer.from('89504e470d0a1a0a', 'hex');
  const picture = Buffer.concat([PNG, randomBytes(5000)]);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'picture-'));
    writeFileSync(join(folder, 'ann.PNG'), picture);
  });
  afterEach(async () => {
    await test.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const path = (name = 'ann.PNG') => (name.startsWith('/') ? name : join(folder, name));
  const start = (options: CountlyOptions = {}) => {
    test = recorded(options);
    return test;
  };
  const uploads = () =>
    test.transport.requests
      .map(({ request }) => request)
      .filter(({ contentType }) => contentType.includes('multipart'));
  /** Lets timers that are due run, and what they start. */
  const later = async (ms: number) => {
    test.clock.advance(ms);
    for (let i = 0; i < 20; i++) await new Promise(setImmediate);
  };

  it('is uploaded in a request of its own', async () => {
    start().client.userDetails({ name: 'Ann', custom: { logins: { $inc: 1 } } });
    test.client.setUserPicture(path());
    const sent = await test.sent();
    const details = { name: 'Ann', custom: { logins: { $inc: 1 } } };
    expect(sent.map(({ parameters }) => parameters['user_details'])).toContainEqual(details);
    const [request] = uploads();
    const parts = partsOf(request as WireRequest);
    expect(request?.path).toBe('/i');
    expect(parts['app_key']?.value).toBe('TEST');
    expect(parts['device_id']?.value).toBe('test-device');
    expect(parts['user_details']?.value).toBe('{}');
    expect(parts['user_picture']?.header).toContain('filename="ann.PNG"');
    expect(parts['user_picture']?.header).toContain('Content-Type: image/png');
    expect(Buffer.from(parts['user_picture']?.value ?? '', 'base64').equals(picture)).toBe(true);
  });

  it.each([
    ['a JPEG', 'ffd8ffe000104a46', 'image/jpeg'],
    ['a GIF', '474946383961', 'image/gif'],
    ['an old GIF', '474946383761', 'image/gif'],
  ])('is known by how it begins, not by its name: %s', async (_, beginning, type) => {
    writeFileSync(path('me'), Buffer.concat([Buffer.from(beginning, 'hex'), picture]));
    start().client.setUserPicture(path('me'));
    await test.client.flush();
    expect(partsOf(uploads()[0] as WireRequest)['user_picture']?.header).toContain(`Content-Type: ${type}`);
  });

  it('may be a link to one', async () => {
    symlinkSync(path(), path('link'));
    start().client.setUserPicture(path('link'));
    await test.client.flush();
    expect(uploads()).toHaveLength(1);
  });

  it('has a checksum over its fields when there is a salt (docs/protocol.md §2.6)', async () => {
    start({ salt: 's3cr3t' }).client.setUserPicture(path());
    await test.client.flush();
    const { checksum256, user_picture: _file, ...fields } = partsOf(uploads()[0] as WireRequest);
    const payload = Object.entries(fields)
      .map(([name, { value }]) => `${name}=${value}`)
      .join('&');
    expect(checksum256?.value).toBe(createHash('sha256').update(`${payload}s3cr3t`).digest('hex'));
  });

  it.each([
    ['is not there', 'missing.png', 'ENOENT'],
    ['is a folder', '.', 'no regular file'],
    ['is a link to a folder', 'folder-link', 'no regular file'],
    ['is a link that leads to itself', 'loop', 'ELOOP'],
    // Opening it would wait for somebody who writes, for ever.
    ['is a pipe', 'pipe', 'no regular file'],
    ['is a link to a pipe', 'pipe-link', 'no regular file'],
    ['is a device', '/dev/zero', 'no regular file'],
    ['is a link to a device', 'zero-link', 'no regular file'],
    ['is too large', 'large.png', 'more than 5242880 bytes'],
    ['is a key', 'id_rsa', 'no PNG, JPEG or GIF'],
    ['is a text by the name of a picture', 'notes.png', 'no PNG, JPEG or GIF'],
    ['is a page that draws', 'page.svg', 'no PNG, JPEG or GIF'],
    ['is empty', 'empty.gif', 'no PNG, JPEG or GIF'],
    ['is a file of the system that has no size', '/proc/self/environ', 'no PNG, JPEG or GIF'],
  ])('that %s is dropped and told once, and the rest is sent', async (_what, name, code) => {
    execFileSync('mkfifo', [path('pipe')]);
    symlinkSync(path('pipe'), path('pipe-link'));
    symlinkSync('/dev/zero', path('zero-link'));
    symlinkSync(folder, path('folder-link'));
    symlinkSync(path('loop'), path('loop'));
    writeFileSync(path('large.png'), Buffer.concat([PNG, Buffer.alloc(5 * 1024 * 1024)]));
    writeFileSync(path('id_rsa'), '-----BEGIN OPENSSH PRIVATE KEY-----\n');
    writeFileSync(path('notes.png'), 'hello');
    writeFileSync(path('page.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
    writeFileSync(path('empty.gif'), '');
    start();
    for (let i = 0; i < 2; i++) {
      test.client.userDetails({ name: 'Ann' });
      test.client.setUserPicture(path(name));
    }
    expect(await test.contents()).toEqual([{ user_details: { name: 'Ann' } }, { user_details: { name: 'Ann' } }]);
    expect(uploads()).toEqual([]);
    expect(test.warnings).toHaveLength(1);
    expect(test.warnings[0]).toContain(code);
    expect(test.client.stats()).toMatchObject({ delivered: 2, pending: 0, dropped: { rejected: 2 } });
  });

  it.each<[string, object]>([
    ['beside details', { name: 'Ann', picturePath: '/etc/passwd' }],
    ['beside a picture on the web', { name: 'Ann', picture: '', picturePath: '/etc/passwd' }],
    ['with a prototype of its own', Object.assign(Object.create({ picturePath: '/etc/passwd' }), { name: 'Ann' })],
  ])('is never named by details, which may be what somebody sent: %s', async (_, body) => {
    start().client.userDetails(body);
    await test.client.flush();
    expect(uploads()).toEqual([]);
    expect(JSON.stringify(test.transport.requests)).not.toContain('passwd');
    expect(test.warnings).toEqual([expect.stringContaining('setUserPicture(path)')]);
    expect(test.client.stats()).toMatchObject({ delivered: 1, dropped: {} });
  });

  it('is named by details in the official way alone, where the same holds for the file', async () => {
    writeFileSync(path('id_rsa'), 'secret');
    start();
    tellUser(test.client, { name: 'Ann', picturePath: path() });
    tellUser(test.client, { picturePath: path('id_rsa') });
    tellUser(test.client, { picture: 'https://example.org/ann.png', picturePath: path() });
    expect(await test.contents()).toEqual([
      { user_details: { name: 'Ann' } },
      { user_details: { picture: 'https://example.org/ann.png' } },
    ]);
    expect(uploads()).toHaveLength(1);
    expect(test.client.stats().dropped).toEqual({ rejected: 1 });
  });

  it('waits like any other entry while the server is away, and goes out again with the same bytes', async () => {
    start().transport.answer(gone);
    test.client.setUserPicture(path());
    // The file is read in real time.
    const until = (check: () => void) =>
      vi.waitFor(async () => {
        await later(60_000);
        check();
      }, 10_000);
    await until(() => expect(uploads().length).toBeGreaterThan(5));
    expect(test.client.stats()).toMatchObject({ accepted: 1, pending: 1, dropped: {} });
    test.transport.answer({ kind: 'delivered' });
    await until(() => expect(test.client.stats()).toMatchObject({ delivered: 1, pending: 0 }));
    expect(new Set(uploads().map(({ body }) => body)).size).toBe(1);
  });

  it('goes alone, one at a time, and takes no memory while it waits', async () => {
    let open = 0;
    let most = 0;
    let answer: Delivery = gone;
    start({ delivery: 'auto', maxQueuedBytes: 1024 * 1024 }).transport.answer(async () => {
      most = Math.max(most, ++open);
      await new Promise(setImmediate);
      open--;
      return answer;
    });
    writeFileSync(path('large.png'), Buffer.concat([PNG, Buffer.alloc(1024 * 1024, 7)]));
    for (let i = 0; i < 200; i++) test.client.device(`u${i}`).setUserPicture(path('large.png'));
    for (let i = 0; i < 10; i++) await later(1000);
    await vi.waitFor(() => expect(uploads().length).toBeGreaterThan(0));
    // 200 MB of pictures, within a bound of one.
    expect(test.client.stats()).toMatchObject({ pending: 200, dropped: {} });
    expect(uploads().length).toBeLessThan(20);
    answer = { kind: 'delivered' };
    writeFileSync(path('large.png'), PNG);
    await vi.waitFor(async () => {
      await later(1000);
      expect(test.client.stats()).toMatchObject({ delivered: 200, pending: 0 });
    }, 10_000);
    expect(most).toBe(1);
  });

  it('survives the end of the process', async () => {
    start();
    const lives: string[] = [];
    const life = async (answer: Delivery, timeout: number) => {
      const transport = {
        async send({ body }: WireRequest): Promise<Delivery> {
          lives.push(String(body));
          return answer;
        },
        query: async () => ({ ok: false as const, status: 0, message: '' }),
        close: async () => {},
      };
      const storagePath = path('state');
      const common = { url: 'http://127.0.0.1:9', appKey: 'k', deviceId: 'ann', serverSettings: false } as const;
      const client = new Countly({ ...common, storagePath, transport, flushInterval: 10, logger: silentLogger });
      if (answer === gone) client.setUserPicture(relative(process.cwd(), path()));
      while (lives.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      await client.close({ timeout });
      // Not what `close` tells, as it may have been delivered before that was called.
      return client.stats();
    };
    expect(await life(gone, 50)).toMatchObject({ delivered: 0, pending: 1 });
    expect(await life({ kind: 'delivered' }, 5000)).toMatchObject({ delivered: 1, pending: 0 });
    expect(lives.length).toBeGreaterThan(1);
    expect(new Set(lives).size).toBe(1);
  });

  it('is given up at once when the server refuses it', async () => {
    start().transport.answer({ kind: 'rejected', reason: 'Invalid parameter' });
    test.client.setUserPicture(path());
    await test.client.flush();
    await later(600_000);
    expect(uploads()).toHaveLength(1);
    expect(test.warnings.join()).toContain('Invalid parameter');
    expect(test.client.stats().dropped).toEqual({ rejected: 1 });
  });

  it('needs the consent of the person', async () => {
    start({ requireConsent: true }).client.setUserPicture(path());
    await test.client.flush();
    expect(uploads()).toEqual([]);
  });
});
