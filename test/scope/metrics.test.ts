import { describe, expect, it } from 'vitest';
import { clientOptions } from '../../lib/compat/options.js';
import { recorded } from '../support/recorded.js';

const HUGE = 'x'.repeat(1_000_000);
const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`m${i}`, 'v']));
const size = (sent: unknown) => JSON.stringify(sent).length;

describe('metrics have a limit, whoever gives them', () => {
  it.each<[string, Parameters<typeof recorded>[0], object]>([
    ['20 000 names in the options', { metrics: many }, {}],
    ['values of a megabyte in the options', { metrics: { _os: HUGE, _device: HUGE, _app_version: HUGE } }, {}],
    ['20 000 names of a scope', {}, { metrics: many }],
    ['values of a megabyte of a scope', {}, { metrics: { _os: HUGE, _os_version: HUGE, _cpu: HUGE } }],
  ])('%s: in a session and in a crash', async (_, options, init) => {
    const test = recorded(options);
    const scope = test.client.scope({ deviceId: 'u1', ...init });
    scope.beginSession();
    scope.logError(new Error('x'));
    const sent = await test.contents('u1');
    expect(sent).toHaveLength(2);
    for (const content of sent) expect(size(content)).toBeLessThan(10_000);
  });

  it('and names may be made of anything', async () => {
    const test = recorded();
    const scope = test.client.scope({
      deviceId: 'u1',
      metrics: JSON.parse(`{"${'y'.repeat(5000)}":"v","__proto__":"v"}`),
    });
    scope.beginSession();
    const [session] = await test.contents('u1');
    expect(size(session)).toBeLessThan(2000);
  });
});

describe('metrics of an official configuration', () => {
  it.each<[string, unknown, object | undefined]>([
    ['an object without a prototype', Object.assign(Object.create(null), { _os: 'Linux' }), { _os: 'Linux' }],
    ['a value without a prototype', { _os: Object.create(null), _device: 'd' }, { _device: 'd' }],
    [
      'a value that throws as a text',
      {
        _os: {
          toString: () => {
            throw new Error('x');
          },
        },
      },
      {},
    ],
    [
      'a getter that throws',
      {
        get _os() {
          throw new Error('x');
        },
      },
      {},
    ],
    ['a list', ['Linux'], { 0: 'Linux' }],
  ])('%s does not stop the start', (_, metrics, expected) => {
    const { options } = clientOptions({ app_key: 'K', url: 'http://127.0.0.1:9', metrics: metrics as never });
    expect({ ...options.metrics }).toEqual(expected);
  });
});
