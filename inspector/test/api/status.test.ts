import { describe, expect, it } from 'vitest';
import type { Settings } from '../../src/api/contract/settings.js';
import type { Status, Summary } from '../../src/api/contract/status.js';
import { useInspector } from '../support/use-inspector.js';

describe('whether it works', () => {
  const server = useInspector({ appKey: 'APPKEY' });
  const status = async () => (await server.get('/api/status')).body as Status;

  it('is not known while nothing came', async () => {
    expect(await status()).toMatchObject({ state: 'empty', requests: 0, lastRequest: null, senders: [], clients: [] });
  });

  it('is told with the last request, who sent it, and under which key', async () => {
    await server.events({ key: 'a', count: 1 });
    expect(await status()).toMatchObject({
      state: 'good',
      requests: 1,
      accepted: 1,
      rejected: 0,
      lastRequest: { target: 'POST /i', status: 200, outcome: 'stored', app_key: 'APPKEY' },
      lastRejected: null,
      senders: [{ sdk_name: 'test', sdk_version: '1.0.0', requests: 1, rejected: 0, remote: '127.0.0.1' }],
      appKeys: [{ app_key: 'APPKEY', requests: 1, rejected: 0 }],
    });
  });

  it('is told with what was refused and what to do', async () => {
    await server.events({ key: 'a', count: 1 });
    await server.send({ app_key: 'WRONG' });
    expect(await status()).toMatchObject({
      state: 'refused',
      requests: 2,
      accepted: 1,
      rejected: 1,
      lastRejected: { status: 400, app_key: 'WRONG' },
      reasons: [{ answer: 'App does not exist', remedy: expect.stringContaining('"APPKEY"') as string }],
      appKeys: [{ app_key: 'WRONG', rejected: 1 }, { app_key: 'APPKEY' }],
    });
    await server.events({ key: 'a', count: 1 });
    expect((await status()).state).toBe('partly');
  });

  it('says where it listens, and under which version', async () => {
    const { server: said } = (await server.get('/api/summary')).body as Summary;
    expect(said.url).toBe(server.url);
    expect(said.version).toMatch(/^\d+\.\d+\.\d+/);
  });
});

describe('settings', () => {
  const server = useInspector({ remoteConfig: { color: 'red' }, salt: 'secret-salt' });

  it('are shown, but no salt', async () => {
    const expected: Settings = {
      appKey: null,
      salted: true,
      paused: false,
      remoteConfig: { color: 'red' },
      sdkConfig: {},
    };
    expect((await server.get('/api/settings')).body).toEqual({ settings: expected });
    const changed = await server.json('/api/settings', { paused: true, sdkConfig: { tracking: false } });
    expect(changed.body).toEqual({ settings: { ...expected, paused: true, sdkConfig: { tracking: false } } });
    expect(JSON.stringify(changed.body)).not.toContain('secret-salt');
  });
});
