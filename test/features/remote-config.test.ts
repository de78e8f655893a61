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
    await test.client.fetchRemoteConfig({ maxAge: 0 });
    expect(test.client.getRemoteConfig()).toEqual({ b: 3 });
  });

  it('is asked for once by many callers, and not again while it holds', async () => {
    test = recorded({ remoteConfigMaxAge: 60 });
    test.transport.answerQuery(async () => ({ ok: true, value: { a: 1 } }));
    const visitors = Array.from({ length: 200 }, (_, i) => test.client.device(`visitor-${i % 50}`));
    const answers = await Promise.all(visitors.map((visitor) => visitor.fetchRemoteConfig()));
    expect(answers.every((answer) => answer.ok && answer.value['a'] === 1)).toBe(true);
    expect(test.transport.queries).toHaveLength(50);
    test.clock.advance(59_000);
    for (const visitor of visitors) await visitor.fetchRemoteConfig();
    expect(test.transport.queries).toHaveLength(50);
    test.clock.advance(2000);
    for (const visitor of visitors) await visitor.fetchRemoteConfig();
    expect(test.transport.queries).toHaveLength(100);
  });

  it('is asked for again by another question, after a failure, for another id, and by who wants it fresh', async () => {
    test = recorded();
    test.transport.answerQuery({ ok: false, status: 0, message: 'no answer' });
    await test.client.fetchRemoteConfig();
    test.transport.answerQuery({ ok: true, value: { a: 1 } });
    await test.client.fetchRemoteConfig();
    await test.client.fetchRemoteConfig({ keys: ['a'] });
    await test.client.fetchRemoteConfig({ keys: ['a'] });
    await test.client.fetchRemoteConfig({ maxAge: 0 });
    await test.client.fetchRemoteConfig({ maxAge: -1 });
    expect(test.transport.queries).toHaveLength(4);
    expect(test.warnings).toHaveLength(1);
    test.client.changeId('other', { merge: true });
    await test.client.flush();
    await test.client.fetchRemoteConfig();
    expect(fieldsOf(test.transport.queries[4])['device_id']).toBe('other');
  });

  it('waits for the merge before it, so that the answer is the person’s', async () => {
    test = recorded({ remoteConfig: true, flushInterval: 5000 });
    test.transport.answerQuery({ ok: true, value: { a: 1 } });
    for (let i = 0; i < 5; i++) await new Promise(setImmediate);
    const order: string[] = [];
    test.transport.answer((request) => {
      order.push(String(request.body).includes('old_device_id') ? 'merge' : 'other');
      return { kind: 'delivered' };
    });
    test.transport.answerQuery((request) => {
      order.push(`config of ${fieldsOf(request)['device_id']}`);
      return { ok: true, value: { a: 2 } };
    });
    test.client.addEvent('before');
    test.client.changeId('ann', { merge: true });
    for (let i = 0; i < 20; i++) await new Promise(setImmediate);
    expect(order).toEqual(['other', 'merge', 'config of ann']);
  });

  it('does not wait for a merge for ever', async () => {
    test = recorded();
    test.transport.answer({ kind: 'retry', reason: 'down' });
    test.client.changeId('ann', { merge: true });
    const answer = test.client.fetchRemoteConfig();
    for (let i = 0; i < 12; i++) {
      await new Promise(setImmediate);
      test.clock.advance(1000);
    }
    expect((await answer).ok).toBe(true);
    test.transport.answer({ kind: 'delivered' });
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

  it('stays with us when the class cannot take what the server sent, or is none', async () => {
    class Picky {
      @Transform(() => {
        throw new Error('what the server sent is no date');
      })
      until = 0;
    }
    test = recorded();
    test.transport.answerQuery({ ok: true, value: { until: 'soon' } });
    await test.client.fetchRemoteConfig();
    expect(test.client.getRemoteConfig(Picky)).toBeUndefined();
    expect(test.client.getRemoteConfig((() => 1) as never)).toBeUndefined();
    expect(test.warnings).toEqual([expect.stringMatching(/^getRemoteConfig: /)]);
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
