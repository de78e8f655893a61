import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CountlyOptions } from '../../lib/config/options.js';
import type { WireRequest } from '../../lib/http/transport.js';
import type { Delivery } from '../../lib/protocol/delivery.js';
import { type Recorded, recorded } from '../support/recorded.js';

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
  const picture = randomBytes(5000);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'picture-'));
    writeFileSync(join(folder, 'ann.PNG'), picture);
  });
  afterEach(async () => {
    await test.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const path = (name = 'ann.PNG') => join(folder, name);
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

  it('is uploaded beside the details', async () => {
    start().client.userDetails({ name: 'Ann', custom: { logins: { $inc: 1 } }, picturePath: path() });
    const sent = await test.sent();
    const details = { name: 'Ann', custom: { logins: { $inc: 1 } } };
    expect(sent.map(({ parameters }) => parameters['user_details'])).toContainEqual(details);
    const [request] = uploads();
    const parts = partsOf(request as WireRequest);
    expect(request?.path).toBe('/i');
    expect(parts['app_key']?.value).toBe('TEST');
    expect(parts['device_id']?.value).toBe('test-device');
    // What a server adds up must not be told twice.
    expect(parts['user_details']?.value).toBe('{"name":"Ann"}');
    expect(parts['user_picture']?.header).toContain('filename="ann.PNG"');
    expect(parts['user_picture']?.header).toContain('Content-Type: image/png');
    expect(Buffer.from(parts['user_picture']?.value ?? '', 'base64').equals(picture)).toBe(true);
  });

  it('has a checksum over its fields when there is a salt (docs/protocol.md §2.6)', async () => {
    start({ salt: 's3cr3t' }).client.userDetails({ picturePath: path() });
    await test.client.flush();
    const { checksum256, user_picture: _file, ...fields } = partsOf(uploads()[0] as WireRequest);
    const payload = Object.entries(fields)
      .map(([name, { value }]) => `${name}=${value}`)
      .join('&');
    expect(checksum256?.value).toBe(createHash('sha256').update(`${payload}s3cr3t`).digest('hex'));
  });

  it.each([
    ['is not there', 'missing.png', 'ENOENT'],
    ['is a folder', '.', 'EISDIR'],
  ])('that %s is told once, and the rest is sent', async (_what, name, code) => {
    start();
    for (let i = 0; i < 2; i++) test.client.userDetails({ name: 'Ann', picturePath: path(name) });
    expect(await test.contents()).toEqual([{ user_details: { name: 'Ann' } }, { user_details: { name: 'Ann' } }]);
    expect(uploads()).toEqual([]);
    expect(test.warnings).toHaveLength(1);
    expect(test.warnings[0]).toContain(code);
  });

  it('is not looked at when there is one on the web', async () => {
    start().client.userDetails({ picture: 'https://example.org/ann.png', picturePath: path('missing.png') });
    expect(await test.contents()).toEqual([{ user_details: { picture: 'https://example.org/ann.png' } }]);
    expect([uploads(), test.warnings]).toEqual([[], []]);
  });

  it.each([[42], [{}]])('whose path is %j gets one warning', async (picturePath) => {
    start().client.userDetails({ name: 'Ann', picturePath: picturePath as never });
    expect(await test.contents()).toEqual([{ user_details: { name: 'Ann' } }]);
    expect(test.warnings).toHaveLength(1);
    expect(test.warnings[0]).toContain('picturePath must be the path of a file');
  });

  it('is tried again after a failure, with the same bytes, and given up after the fifth', async () => {
    start().transport.answer(
      ({ contentType }): Delivery =>
        contentType.includes('multipart') ? { kind: 'retry', reason: 'gone' } : { kind: 'delivered' },
    );
    test.client.userDetails({ picturePath: path() });
    await test.client.flush();
    for (const ms of [1000, 5000, 25_000, 60_000, 600_000]) await later(ms);
    expect(uploads()).toHaveLength(5);
    expect(new Set(uploads().map(({ body }) => body)).size).toBe(1);
    expect(test.warnings).toEqual(['userDetails: a picture could not be uploaded and is given up (gone).']);
  });

  it('is given up at once when the server refuses it', async () => {
    start().transport.answer({ kind: 'rejected', reason: 'Invalid parameter' });
    test.client.userDetails({ picturePath: path() });
    await test.client.flush();
    await later(600_000);
    expect(uploads()).toHaveLength(1);
    expect(test.warnings.join()).toContain('Invalid parameter');
  });

  it('needs the consent of the person', async () => {
    start({ requireConsent: true }).client.userDetails({ picturePath: path() });
    await test.client.flush();
    expect(uploads()).toEqual([]);
  });

  it('does not hold up the end of the client', async () => {
    start().transport.answer(
      ({ contentType }): Delivery =>
        contentType.includes('multipart') ? { kind: 'retry', reason: 'gone' } : { kind: 'delivered' },
    );
    test.client.userDetails({ name: 'Ann', picturePath: path() });
    expect(await test.client.close()).toMatchObject({ delivered: 1, pending: 0 });
    expect(test.warnings.join()).toContain('given up');
  });
});
