import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ReadApi } from './read-api.js';

const APP = { _id: '0123456789abcdef01234567', key: 'app-key' };
let server: Server | undefined;
const asked: string[] = [];

/** A server that answers every question alike. */
async function answering(status: number, body: string): Promise<string> {
  asked.length = 0;
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(status).end(body);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/sub`;
}

afterEach(() => new Promise<unknown>((resolve) => (server ? server.close(resolve) : resolve(undefined))));

describe('read API of a server', () => {
  it.each([
    ['a map, as 24.05 and 25.03 tell them', { admin_of: { [APP._id]: APP }, user_of: {} }],
    ['a list', { admin_of: [], user_of: [{ _id: 'other', key: 'other' }, APP] }],
  ])('finds the id of the app by its key in %s', async (_, apps) => {
    const url = await answering(200, JSON.stringify(apps));
    const api = await ReadApi.open({ url, appKey: 'app-key', apiKey: 'read-key' });
    expect(api.appId).toBe(APP._id);
    expect(asked).toEqual(['/sub/o/apps/mine?api_key=read-key']);
  });

  it('says which variable helps when the key may not read the app, without showing a key', async () => {
    const url = await answering(200, JSON.stringify({ admin_of: {}, user_of: {} }));
    const opened = ReadApi.open({ url, appKey: 'app-key', apiKey: 'read-key' });
    await expect(opened).rejects.toThrow('COUNTLY_LIVE_APP_ID');
    await expect(opened).rejects.not.toThrow(/app-key|read-key/);
  });

  it('asks under the app, with the read key', async () => {
    const url = await answering(200, '{"2026":{}}');
    const api = await ReadApi.open({ url, appKey: 'app-key', apiKey: 'read-key', appId: APP._id });
    expect(await api.method('events', { event: 'a b' })).toEqual({ 2026: {} });
    expect(asked).toEqual([`/sub/o?api_key=read-key&app_id=${APP._id}&method=events&event=a+b`]);
  });

  it('fails with status and words of the server', async () => {
    const url = await answering(401, '{"result":"User does not exist"}');
    const api = await ReadApi.open({ url, appKey: 'app-key', apiKey: 'read-key', appId: APP._id });
    await expect(api.method('events')).rejects.toThrow('401 {"result":"User does not exist"}');
  });

  it('fails when the answer is a page', async () => {
    const url = await answering(200, '<html>');
    const api = await ReadApi.open({ url, appKey: 'app-key', apiKey: 'read-key', appId: APP._id });
    await expect(api.method('events')).rejects.toThrow('no JSON: <html>');
  });
});
