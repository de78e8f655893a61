import { afterEach, describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../lib/config/limits.js';
import { errorText } from '../../lib/features/crashes.js';
import { fatal, type Recorded, recorded } from '../support/recorded.js';

describe('the text of an error', () => {
  const text = (thrown: unknown) => errorText(thrown, DEFAULT_LIMITS);

  it('groups by name and message, and shows the causes after a blank line', () => {
    const error = new TypeError('outer', { cause: new RangeError('inner') });
    const { name, type, stack } = text(error);
    expect([name, type]).toEqual(['TypeError: outer', 'TypeError']);
    const [first, second] = stack.split('\n\n');
    expect(first).toMatch(/^TypeError: outer\n {4}at /);
    expect(second).toMatch(/^Caused by: RangeError: inner\n/);
  });

  it('ends with a circle of causes, and shows those of an AggregateError', () => {
    const circle = new Error('a');
    circle.cause = new Error('b', { cause: circle });
    expect(text(circle).stack.split('\n\n')).toHaveLength(2);
    expect(text(new AggregateError([new Error('x'), new Error('y')], 'all')).stack.split('\n\n')).toHaveLength(3);
  });

  it.each<[string, unknown, string]>([
    ['null', null, 'Thrown null: null'],
    ['undefined', undefined, 'Thrown undefined: undefined'],
    ['a text', 'oops', 'Thrown string: oops'],
    ['a symbol', Symbol('s'), 'Thrown symbol: Symbol(s)'],
    ['an object', { code: 1 }, 'Thrown object: {"code":1}'],
    ['an error of another realm', { name: 'E', message: 'm', stack: 'E: m\n at x' }, 'E: m'],
    ['an error with a blank stack', Object.assign(new Error('m'), { stack: '\n \n' }), 'Error: m'],
    ['an error without anything', Object.assign(new Error(), { stack: '', name: '' }), 'Error'],
    ['a revoked proxy', revoked(), 'Thrown value that cannot be read'],
  ])('says something of %s', (_name, thrown, expected) => {
    expect(text(thrown).name).toBe(expected);
    expect(text(thrown).stack).not.toBe('');
  });

  it.each(['\n', '\r\n', '\r', '\u2028', ''])(
    'has no line that could block a server (%j between them)',
    (separator) => {
      const error = new Error('m');
      error.stack = Array.from({ length: 200 }, () => 'y'.repeat(5000)).join(separator);
      const lines = text(error).stack.split('\n');
      expect(lines.length).toBeLessThanOrEqual(30);
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(200);
    },
  );
});

describe('a crash', () => {
  let test: Recorded;
  afterEach(() => test.close());
  const crashes = async () => (await test.contents()).map(({ crash }) => crash as Record<string, unknown>);

  it('has what a server needs to count it, in the types it needs', async () => {
    test = recorded({ metrics: { _os: '', _app_version: '' } });
    test.clock.advance(12_000);
    test.client.logError(new Error('x'));
    test.client.logError(null, { fatal: true });
    const [first, second] = await crashes();
    expect(first).toMatchObject({
      _nonfatal: true,
      _javascript: true,
      _not_os_specific: true,
      _run: 12,
      _app_version: '2.3.1',
    });
    expect(first?.['_os']).toBeTruthy();
    expect(second).toMatchObject({ _nonfatal: false, _name: 'Thrown null: null' });
  });

  it('carries breadcrumbs, and segments of the call over those of the client, flat', async () => {
    test = recorded({ crashSegments: { zone: 'a', host: 'h' }, maxBreadcrumbCount: 2 });
    for (const line of ['one', 'two', 'three']) test.client.addBreadcrumb(line);
    test.client.logError(new Error('x'), {
      segmentation: { zone: 'b', list: ['p', 1] },
      layers: ['A.a', 'B.b'],
    });
    const [crash] = await crashes();
    expect(crash?.['_logs']).toBe('two\nthree');
    expect(crash?.['_custom']).toEqual({ layers: 'A.a < B.b', zone: 'b', list: 'p, 1', host: 'h' });
  });

  it('happened when the caller says', async () => {
    test = recorded();
    test.client.logError(new Error('x'), { timestamp: 1_600_000_000_000 });
    expect((await test.sent())[0]?.timestamp).toBe(1_600_000_000_000);
  });

  describe('whose error then ends the process', () => {
    const deadly = new Error('x');
    const reported = () =>
      test.client.device('ann').logError(deadly, { layers: ['Till.pay'], segmentation: { area: 'till' } });

    it('is one report, fatal, of whom it happened to, and with all that was said', async () => {
      test = recorded({ trackErrors: true });
      test.client.device('ann').addBreadcrumb('paying');
      reported();
      fatal(deadly);
      const requests = await test.sent();
      expect(requests.map(({ deviceId }) => deviceId)).toEqual(['ann']);
      expect(requests[0]?.parameters['crash']).toMatchObject({
        _nonfatal: false,
        _name: 'Error: x',
        _custom: { layers: 'Till.pay', area: 'till' },
        _logs: 'paying',
      });
      expect(test.client.stats()).toMatchObject({ accepted: 2, delivered: 2, pending: 0, dropped: {} });
    });

    it('is told of once more when it has left', async () => {
      test = recorded({ trackErrors: true });
      reported();
      const nonfatal = await test.sent();
      fatal(deadly);
      const last = await test.sent();
      const of = [...nonfatal, ...last].map(({ deviceId, parameters }) => [deviceId, parameters['crash']]);
      expect(of).toMatchObject([
        ['ann', { _nonfatal: true }],
        ['ann', { _nonfatal: false }],
      ]);
    });

    it.each([
      ['another error', new Error('x')],
      ['a thrown text, which has no identity', 'x'],
    ])('has nothing to do with %s', async (_name, thrown) => {
      test = recorded({ trackErrors: true });
      test.client.logError(thrown === 'x' ? 'x' : deadly);
      fatal(thrown);
      expect((await crashes()).map(({ _nonfatal }) => _nonfatal)).toEqual([true, false]);
    });

    it('is as many reports as were made, when none of them was of the end', async () => {
      test = recorded();
      reported();
      reported();
      expect(await test.contents('ann')).toHaveLength(2);
    });
  });

  it('of one request knows nothing of another one', async () => {
    test = recorded();
    const one = test.client.scope({ deviceId: 'v' });
    const other = test.client.scope({ deviceId: 'v' });
    one.addBreadcrumb('mine');
    other.logError(new Error('x'));
    const [content] = await test.contents('v');
    expect(content?.['crash']).not.toHaveProperty('_logs');
  });
});

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}
