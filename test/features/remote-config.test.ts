import 'reflect-metadata';
import { Expose, Transform } from 'class-transformer';
import { afterEach, describe, expect, it } from 'vitest';
import '../../lib/segmentation/class-transformer.js';
import { fieldsOf, type Recorded, recorded } from '../support/recorded.js';

class CheckoutConfig {
  @Expose({ name: 'max_items' })
  @Transform(({ value }) => Number(value ?? 5))
  maxItems = 5;

  @Expose()
  banner = '';
}

describe('remote config', () => {
  let test: Recorded;
  afterEach(() => test.close());

  it('is fetched for the device, with what conditions need', async () => {
    test = recorded();
    test.transport.answerQuery({ ok: true, value: { banner: 'hello' } });
    expect(await test.client.device('v').fetchRemoteConfig()).toEqual({ ok: true, value: { banner: 'hello' } });
    const [query] = test.transport.queries;
    expect(query).toMatchObject({ path: '/o/sdk', query: '', contentType: 'application/x-www-form-urlencoded' });
    expect(fieldsOf(query)).toMatchObject({ app_key: 'TEST', device_id: 'v', t: '0', method: 'rc', av: '2.3.1' });
    expect(JSON.parse(fieldsOf(query)['metrics'] ?? '')).toMatchObject({ _os: 'Linux' });
    expect(test.client.device('v').getRemoteConfig('banner')).toBe('hello');
    expect(test.client.device('other').getRemoteConfig()).toEqual({});
  });

  it('sends keys as JSON text, and adds a partial answer to what is known', async () => {
    test = recorded();
    test.transport.answerQuery({ ok: true, value: { a: 1, b: 2 } });
    await test.client.fetchRemoteConfig();
    test.transport.answerQuery({ ok: true, value: { b: 3 } });
    await test.client.fetchRemoteConfig({ keys: ['b'], enrol: true });
    await test.client.fetchRemoteConfig({ omitKeys: ['a'] });
    expect(fieldsOf(test.transport.queries[1])).toMatchObject({ keys: '["b"]', oi: '1' });
    expect(fieldsOf(test.transport.queries[2])).toMatchObject({ omit_keys: '["a"]' });
    expect(test.client.getRemoteConfig()).toEqual({ a: 1, b: 3 });
    await test.client.fetchRemoteConfig();
    expect(test.client.getRemoteConfig()).toEqual({ b: 3 });
  });

  it('asks an older server by the older name', async () => {
    test = recorded();
    test.transport.answerQuery((request) =>
      fieldsOf(request)['method'] === 'rc'
        ? { ok: false, status: 400, message: 'Invalid method' }
        : { ok: true, value: { a: 1 } },
    );
    expect(await test.client.fetchRemoteConfig()).toEqual({ ok: true, value: { a: 1 } });
  });

  it('comes as an instance of a class, through class-transformer', async () => {
    test = recorded();
    test.transport.answerQuery({ ok: true, value: { max_items: '12', banner: 'x' } });
    await test.client.fetchRemoteConfig();
    const config = test.client.getRemoteConfig(CheckoutConfig);
    expect(config).toBeInstanceOf(CheckoutConfig);
    expect(config).toEqual({ maxItems: 12, banner: 'x' });
  });

  it('never rejects: failures, nonsense and missing consent are answers', async () => {
    test = recorded({ requireConsent: true });
    expect(await test.client.fetchRemoteConfig()).toEqual({ ok: false, reason: 'no consent to remote-config' });
    test.client.giveConsent('remote-config');
    test.transport.answerQuery({ ok: false, status: 0, message: 'no answer' });
    expect(await test.client.fetchRemoteConfig()).toEqual({ ok: false, reason: 'no answer' });
    test.transport.answerQuery({ ok: true, value: [1] });
    expect((await test.client.fetchRemoteConfig()).ok).toBe(false);
    const trap = new Proxy(
      {},
      {
        get: () => {
          throw new Error('no');
        },
      },
    );
    expect((await test.client.fetchRemoteConfig(trap)).ok).toBe(false);
  });

  it('can be fetched without being asked for, also after a change of id', async () => {
    const told: unknown[] = [];
    test = recorded({ remoteConfig: (error, values) => told.push(error?.message ?? values) });
    test.transport.answerQuery({ ok: true, value: { a: 1 } });
    for (let i = 0; i < 5; i++) await Promise.resolve();
    test.client.changeId('next');
    for (let i = 0; i < 10; i++) await Promise.resolve();
    expect(test.transport.queries.map((query) => fieldsOf(query)['device_id'])).toEqual(['test-device', 'next']);
    expect(told).toHaveLength(2);
  });

  it('of an app with a salt carries the checksum over the exact bytes', async () => {
    test = recorded({ salt: 's3cr3t' });
    await test.client.fetchRemoteConfig();
    expect(test.transport.queries[0]?.body).toMatch(/&checksum256=[0-9a-f]{64}$/);
  });
});

describe('A/B tests', () => {
  let test: Recorded;
  afterEach(() => test.close());

  it('ask what the contract names', async () => {
    test = recorded();
    const { abTests } = test.client;
    await abTests.enrol(['a']);
    await abTests.enrolVariant('a', 'Variant A');
    await abTests.optOut();
    await abTests.optOut(['a']);
    await abTests.fetchVariants(['a']);
    await abTests.fetchExperiments();
    const asked = test.transport.queries.map((query) => {
      const { method, keys, key, variant } = fieldsOf(query);
      return [query.path, method, keys ?? key, variant];
    });
    expect(asked).toEqual([
      ['/o/sdk', 'ab', '["a"]', undefined],
      ['/i', 'ab_enroll_variant', 'a', 'Variant A'],
      ['/i', 'ab_opt_out', undefined, undefined],
      ['/i', 'ab_opt_out', '["a"]', undefined],
      ['/o/sdk', 'ab_fetch_variants', '["a"]', undefined],
      ['/o/sdk', 'ab_fetch_experiments', undefined, undefined],
    ]);
    expect((await abTests.enrol([])).ok).toBe(false);
  });
});
