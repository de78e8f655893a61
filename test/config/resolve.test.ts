import { describe, expect, it } from 'vitest';
import type { CountlyOptions } from '../../lib/config/options.js';
import { resolveOptions } from '../../lib/config/resolve.js';
import { RULES } from '../../lib/config/rules.js';
import { CountlyConfigError } from '../../lib/errors.js';
import { silentLogger } from '../../lib/logger.js';

const NEEDED = { url: 'https://countly.example.com/sub/', appKey: 'KEY' };
const resolve = (options: Record<string, unknown>, env = {}) => resolveOptions(options as CountlyOptions, env);

function problemsOf(options: unknown, env = {}): readonly { option: string; expected: string; actual: string }[] {
  try {
    resolveOptions(options as CountlyOptions, env);
    return [];
  } catch (error) {
    if (error instanceof CountlyConfigError) return error.problems;
    throw error;
  }
}

describe('the configuration', () => {
  it('needs an address and a key, and has a default for everything else', () => {
    const options = resolve(NEEDED);
    expect(options).toMatchObject({
      url: 'https://countly.example.com/sub',
      appKey: 'KEY',
      name: 'default',
      durability: 'batched',
      delivery: 'auto',
      encoding: 'json',
      flushInterval: 2000,
      sessionUpdate: 60,
      maxEvents: 500,
      limits: { maxKeyLength: 128, maxValueSize: 256 },
    });
    expect(Object.isFrozen(options)).toBe(true);
    expect(Object.isFrozen(options.limits)).toBe(true);
    expect(problemsOf({}).map(({ option }) => option)).toEqual(['url', 'appKey']);
  });

  it('names every problem at once: option, expectation, actual value', () => {
    expect(
      problemsOf({ url: 'ftp://x', appKey: '', flushInterval: -1, consent: ['event'], countryCode: 'Germany' }),
    ).toEqual([
      {
        option: 'url',
        expected: expect.stringMatching(/^an http:\/\/ or https:\/\/ URL/),
        actual: '"ftp://x" (string)',
      },
      { option: 'appKey', expected: 'the non-empty application key', actual: 'an empty text' },
      { option: 'flushInterval', expected: 'milliseconds from 0 to 2147483647', actual: '-1 (number)' },
      expect.objectContaining({ option: 'consent', actual: 'a list of 1: "event" (string)' }),
      { option: 'countryCode', expected: 'two letters such as "DE"', actual: '"Germany" (string)' },
    ]);
  });

  it('knows no other option, and tells the one that was meant', () => {
    const unknown = (option: string, meant?: string) => ({
      option,
      expected: `one of the known options${meant === undefined ? '' : ` (did you mean "${meant}"?)`}`,
      actual: 'an unknown option',
    });
    const given = { app_version: '1', flushIntervall: 1, seesion: 'manual', constructor: 1 };
    expect(problemsOf({ ...NEEDED, ...given })).toEqual([
      unknown('app_version', 'appVersion'),
      unknown('flushIntervall', 'flushInterval'),
      unknown('seesion', 'session'),
      unknown('constructor'),
    ]);
    expect(problemsOf({ ...NEEDED, deadLetter: { redacted: [] }, requestOptions: { header: {} } })).toMatchObject([
      { option: 'deadLetter.redacted', expected: 'one of redact (did you mean "redact"?)' },
      { option: 'requestOptions.header', expected: 'one of headers (did you mean "headers"?)' },
    ]);
  });

  it('shows nothing secret or personal, wherever it was put', () => {
    const secret = 'hunter2-and-more';
    const wrong = {
      url: `ftp://ann:${secret}@host/x?token=${secret}#${secret}`,
      appKey: { s: secret },
      salt: 7654321,
      deviceId: [secret],
      proxy: [`http://ann:${secret}@proxy`],
      requestOptions: { headers: { authorization: `Bearer ${secret}\n` } },
      tls: `-----BEGIN PRIVATE KEY-----${secret}`,
      ca: [{ pem: secret }],
      flushInterval: `http://ann:${secret}@host`,
      delivery: `authorization: ${secret}`,
      metrics: { _os: { secret } },
      name: { secret },
    };
    const problems = problemsOf(wrong);
    expect(problems.map(({ option }) => option).sort()).toEqual([
      ...['appKey', 'ca', 'delivery', 'deviceId', 'flushInterval', 'metrics', 'name', 'proxy'],
      ...['requestOptions.headers', 'salt', 'tls', 'url'],
    ]);
    const text = JSON.stringify(problems);
    expect(text).not.toContain(secret);
    expect(text).not.toContain('7654321');
    expect(text).toContain('ftp://***@host/x?…');
    for (const url of [`ann:${secret}@host`, `ftp://ann:a@b#c/${secret}@host`, `//x@y@${secret}@z`])
      expect(JSON.stringify(problemsOf({ ...NEEDED, url }))).not.toContain(secret);
  });

  it('refuses delays that no timer can keep', () => {
    const month = 30 * 86_400_000;
    const wrong = { flushInterval: month, requestTimeout: Infinity, shutdownTimeout: NaN, failTimeout: month };
    expect(problemsOf({ ...NEEDED, ...wrong }).map(({ option }) => option)).toEqual(Object.keys(wrong));
    expect(resolve({ ...NEEDED, flushInterval: 86_400_000 }).flushInterval).toBe(86_400_000);
  });

  it('refuses or repairs an address that leads to a page or to one path', () => {
    const warned: string[] = [];
    const logger = { ...silentLogger, warn: (message: string) => void warned.push(message) };
    for (const url of ['https://c.example/dashboard#/5f/analytics', 'https://c.example/#/', 'https://c.example/i?a=b'])
      expect(problemsOf({ ...NEEDED, url })).toMatchObject([{ option: 'url' }]);
    expect(resolve({ ...NEEDED, logger }).url).toBe('https://countly.example.com/sub');
    expect(warned).toEqual([]);
    expect(resolve({ ...NEEDED, logger, url: 'https://c.example/sub/i/' }).url).toBe('https://c.example/sub');
    expect(resolve({ ...NEEDED, logger, url: 'https://c.example/i/bulk' }).url).toBe('https://c.example');
    expect(warned).toEqual([expect.stringContaining('"/i"'), expect.stringContaining('"/i"')]);
  });

  it('takes off the line end of a key or salt that was read from a file, and says so without it', () => {
    const warned: string[] = [];
    const logger = { ...silentLogger, warn: (message: string) => void warned.push(message) };
    const options = { appKey: 'KEY\n', salt: ' SALT', url: 'http://127.0.0.1:6010\n', logger };
    expect(resolve(options)).toMatchObject({ appKey: 'KEY', salt: 'SALT', url: 'http://127.0.0.1:6010' });
    expect(warned).toHaveLength(3);
    expect(warned.join()).not.toMatch(/KEY\b|SALT\b/);
    expect(problemsOf({ ...NEEDED, appKey: ' \n' })).toMatchObject([{ option: 'appKey' }]);
  });

  it('takes an empty place for none', () => {
    const { location } = resolve({ ...NEEDED, ipAddress: '', city: '', countryCode: '', location: '' });
    expect(Object.values(location)).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('has every setup property of the official SDK in camelCase', () => {
    const official = [
      'app_key',
      'device_id',
      'url',
      'app_version',
      'country_code',
      'city',
      'ip_address',
      'debug',
      'interval',
      'queue_size',
      'fail_timeout',
      'session_update',
      'max_events',
      'force_post',
      'salt',
      'clear_stored_device_id',
      'test_mode',
      'storage_path',
      'require_consent',
      'remote_config',
      'http_options',
      'max_logs',
      'max_key_length',
      'max_value_size',
      'max_segmentation_values',
      'max_breadcrumb_count',
      'max_stack_trace_lines_per_thread',
      'max_stack_trace_line_length',
      'metrics',
      'storage_type',
    ];
    const camel = official.map((name) => name.replace(/_(\w)/g, (_all, letter: string) => letter.toUpperCase()));
    expect(camel.filter((name) => !(name in RULES))).toEqual([]);
  });

  it('takes what the code leaves open from the environment', () => {
    const env = {
      COUNTLY_URL: 'http://env.example.com',
      COUNTLY_APP_KEY: 'ENV',
      COUNTLY_DEVICE_ID: 'env-device',
      COUNTLY_SALT: 'env-salt',
      COUNTLY_DEBUG: '1',
    };
    expect(resolve({}, env)).toMatchObject({
      url: 'http://env.example.com',
      appKey: 'ENV',
      deviceId: 'env-device',
      salt: 'env-salt',
    });
    expect(resolve({ ...NEEDED, deviceId: 'code' }, env)).toMatchObject({ appKey: 'KEY', deviceId: 'code' });
    expect(resolve({ temporaryDeviceId: true }, env).deviceId).toBeUndefined();
    expect(resolve({ url: undefined, appKey: undefined }, env).appKey).toBe('ENV');
    expect(problemsOf({}, { ...env, COUNTLY_DISABLED: 'maybe' })).toMatchObject([{ option: 'disabled' }]);
    expect(problemsOf({}, { ...env, COUNTLY_URL: '' })).toMatchObject([{ option: 'url', actual: 'nothing' }]);
  });

  it('of a disabled client needs nothing', () => {
    expect(resolve({ disabled: true }).disabled).toBe(true);
    expect(resolve({}, { COUNTLY_DISABLED: 'true' }).disabled).toBe(true);
  });

  it('goes without bulk requests when there is a salt, which would all be lost', () => {
    expect(resolve({ ...NEEDED, salt: 's', delivery: 'auto' }).delivery).toBe('single');
  });

  it('takes the names of the official SDK for the same settings, but not both', () => {
    const options = resolve({ ...NEEDED, interval: 500, queueSize: 10, storageType: 'memory', maxLogs: 7 });
    expect(options).toMatchObject({ flushInterval: 500, maxQueuedEntries: 1000, durability: 'memory' });
    expect(options.limits.maxBreadcrumbCount).toBe(7);
    expect(problemsOf({ ...NEEDED, interval: 1, flushInterval: 1 })).toMatchObject([{ option: 'flushInterval' }]);
    expect(problemsOf({ ...NEEDED, deviceId: 'x', temporaryDeviceId: true })).toMatchObject([{ option: 'deviceId' }]);
  });

  it('refuses stack lines that would block a server', () => {
    expect(problemsOf({ ...NEEDED, maxStackTraceLineLength: 100_000 })).toHaveLength(1);
  });

  const refuses = () => {
    throw new Error('no');
  };
  it.each<[string, object, string]>([
    ['a getter that throws', Object.defineProperty({}, 'url', { get: refuses, enumerable: true }), 'url'],
    [
      'a getter inside of an option',
      { viewSegmentation: Object.defineProperty({}, 'a', { get: refuses, enumerable: true }) },
      'viewSegmentation',
    ],
    ['a proxy that lists nothing', { userDetails: new Proxy({}, { ownKeys: refuses }) }, 'userDetails'],
    ['a proxy that was revoked', { deadLetter: revoked() }, 'deadLetter'],
    ['a proxy in the place of a part', { storage: revoked() }, 'storage'],
  ])('names the option that cannot be read: %s', (_what, given, option) => {
    const options = Object.defineProperties({ ...NEEDED }, Object.getOwnPropertyDescriptors(given));
    expect(problemsOf(options)).toMatchObject([{ option }]);
  });

  it('is incomplete where nothing of it can be read', () => {
    expect(problemsOf(revoked())).toMatchObject([{ option: 'url' }, { option: 'appKey' }]);
  });

  it('neither keeps nor changes the object it was given', () => {
    const given = Object.freeze({
      ...NEEDED,
      metrics: Object.freeze({ _os: 'x' }),
      consent: Object.freeze(['events']),
    });
    expect(resolve(given).metrics).not.toBe(given.metrics);
    expect(problemsOf(null)).toMatchObject([{ option: 'options' }]);
  });
});

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}
