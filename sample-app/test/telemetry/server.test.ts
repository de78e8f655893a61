import { describe, expect, it } from 'vitest';
import { countlyOptions } from '../../src/telemetry/countly-options.js';
import { LOCAL_INSPECTOR, readServer, withoutCredentials } from '../../src/telemetry/server.js';

describe('the server that the environment names', () => {
  it('is the local inspector without any', () => {
    expect(readServer({})).toEqual(LOCAL_INSPECTOR);
  });

  it('is taken with a scheme', () => {
    const env = { COUNTLY_URL: 'HTTPS://countly.example.com/analytics', COUNTLY_APP_KEY: 'key' };
    expect(readServer(env)).toEqual({ url: env.COUNTLY_URL, appKey: 'key' });
  });

  it.each(['countly.example.com', 'localhost:6001', '//countly.example.com', 'ftp://host', 'https//host', 'http://'])(
    'is refused with the reason: %s',
    (url) => {
      const env = { COUNTLY_URL: url, COUNTLY_APP_KEY: 'key' };
      expect(readServer(env)).toEqual({
        problem: expect.stringMatching(/^COUNTLY_URL: expected an http:\/\/ or https:\/\//),
      });
      expect(countlyOptions(env)).toMatchObject({ disabled: true });
    },
  );

  it.each(['user:s3cr3t@host', 'ftp://user:s3cr3t@host/path', 'https://user:s3cr3t@host'])(
    'keeps secrets: %s',
    (url) => {
      expect(withoutCredentials(url)).not.toContain('s3cr3t');
      expect(withoutCredentials(url)).toContain('host');
    },
  );
});
