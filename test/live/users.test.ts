import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ReadApi } from './read-api.js';
import { consentOf, requestsOf, userFigure, usersOf } from './users.js';

let server: Server | undefined;

/** The read API of a server that answers every question alike. */
async function answering(body: unknown): Promise<ReadApi> {
  server = createServer((_, response) => response.end(JSON.stringify(body)));
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return ReadApi.open({ url, appKey: 'app-key', apiKey: 'read-key', appId: '0123456789abcdef01234567' });
}

afterEach(() => new Promise<unknown>((resolve) => (server ? server.close(resolve) : resolve(undefined))));

describe('what a server knows of a person', () => {
  it('reads figures and consent of the one that was asked for', async () => {
    const api = await answering({
      iTotalRecords: 1,
      aaData: [{ did: 'ann', sc: 2, consent: { events: true, views: 'false' } }],
    });
    expect(await userFigure(api, 'ann', 'sc')).toBe(2);
    expect(await usersOf(api, ['ann', 'bob'])).toBe(1);
    expect(await consentOf(api, 'ann', 'events')).toBe(true);
    // A text is no consent that was withdrawn (docs/protocol.md §9).
    expect(await consentOf(api, 'ann', 'views')).toBeUndefined();
  });

  it('knows nothing of somebody who is not there', async () => {
    const api = await answering({ iTotalRecords: 0, aaData: [] });
    expect(await userFigure(api, 'ann', 'sc')).toBeUndefined();
    expect(await consentOf(api, 'ann', 'events')).toBeUndefined();
  });

  it('counts requests with a parameter, and no repetition that the server refused', async () => {
    const apm = JSON.stringify({ apm: {} });
    const logs = [
      { q: apm, c: false },
      { q: apm, c: 'Duplicate request' },
      { q: '{"events":[]}', c: false },
      { q: '{' },
    ];
    expect(await requestsOf(await answering({ logs, state: 'on' }), 'ann', 'apm')).toBe(1);
  });

  it('says so when the request log is off, instead of counting nothing', async () => {
    const api = await answering({ logs: [], state: 'off' });
    await expect(requestsOf(api, 'ann', 'apm')).rejects.toThrow('request log is off');
  });
});
