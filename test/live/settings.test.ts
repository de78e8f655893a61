import { describe, expect, it } from 'vitest';
import { readSettings } from './settings.js';

const KEYS = { COUNTLY_LIVE_KEY: 'app-key', COUNTLY_LIVE_API_KEY: 'read-key' };
const at = (url: string, more: Record<string, string> = {}) =>
  readSettings({ ...KEYS, COUNTLY_LIVE_URL: url, ...more });

describe('settings of the live test', () => {
  it('names what is missing in one line', () => {
    const { is, ...said } = readSettings({ COUNTLY_LIVE_KEY: 'app-key', COUNTLY_LIVE_URL: '  ' });
    expect(is).toBe('missing');
    expect(said).toEqual({
      message: 'Nothing was compared with a live server: COUNTLY_LIVE_URL, COUNTLY_LIVE_API_KEY not set.',
    });
  });

  it.each(['http://127.0.0.1:3001', 'http://127.8.9.10/countly', 'http://localhost', 'https://[::1]:8443'])(
    'takes %s',
    (url) => {
      expect(at(url)).toMatchObject({ is: 'ready', settings: { url, appKey: 'app-key', apiKey: 'read-key' } });
    },
  );

  it.each([
    ['https://countly.example.com', 'countly.example.com'],
    ['http://10.0.0.7:3001', '10.0.0.7'],
    ['http://0.0.0.0:3001', '0.0.0.0'],
    ['http://127.0.0.1.example.com', '127.0.0.1.example.com'],
    ['http://localhost.example.com', 'localhost.example.com'],
    ['http://[::2]', '[::2]'],
  ])('refuses %s, which is another machine', (url, host) => {
    const message = `COUNTLY_LIVE_URL must be a server on this machine (127.0.0.1, [::1] or localhost), got ${host}.`;
    expect(at(url)).toEqual({ is: 'refused', message });
  });

  it('reads an address the way the client does, whatever it is written like', () => {
    expect(at('http://2130706433:3001')).toMatchObject({ is: 'ready' });
    expect(at('http://0x0a000001')).toMatchObject({ is: 'refused' });
    expect(at('http://127.0.0.1@example.com')).toMatchObject({ is: 'refused' });
  });

  it('refuses what is no address, and says what one looks like', () => {
    expect(at('127.0.0.1:3001')).toMatchObject({ is: 'refused' });
    expect(at('file:///etc')).toMatchObject({ is: 'refused', message: expect.stringContaining('http://') });
  });

  it('shows no password and no key in what it refuses', () => {
    const told = JSON.stringify([
      at('http://ann:s3cret@127.0.0.1'),
      at('http://127.0.0.1', { COUNTLY_LIVE_APP_ID: 's3cret' }),
    ]);
    expect(told).not.toMatch(/s3cret|app-key|read-key/);
    expect(told).toContain('got 6 characters');
  });

  it('leaves out trailing slashes, and takes app id and salt where they are given', () => {
    const more = { COUNTLY_LIVE_APP_ID: '0123456789abcdef01234567', COUNTLY_LIVE_SALT: 'salt' };
    expect(at('http://127.0.0.1:3001/sub//', more)).toEqual({
      is: 'ready',
      settings: {
        url: 'http://127.0.0.1:3001/sub',
        appKey: 'app-key',
        apiKey: 'read-key',
        appId: '0123456789abcdef01234567',
        salt: 'salt',
      },
    });
  });
});
