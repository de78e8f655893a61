import { describe, expect, it } from 'vitest';
import { processorMs } from '../../../test/support/processor-time.js';
import { crashGroup } from '../../src/ingest/crash-group.js';
import { useInspector } from '../support/use-inspector.js';

const FRAME = '    at pay (/app/shop/pay.js:10:5)';
const OTHER_FRAME = '    at load (/app/shop/load.js:3:1)';
const crash = (message: string, frame = FRAME, rest: object = {}) => ({
  _os: 'Linux',
  _javascript: true,
  _not_os_specific: true,
  _error: `${message}\n${frame}`,
  ...rest,
});
const group = (one: { _error: string }, name = one._error.split('\n', 1)[0] ?? '') => crashGroup(one, name, true);

describe('crashes of one group', () => {
  it.each([
    ['other lines and columns', crash('Error: x'), crash('Error: x', '    at pay (/app/shop/pay.js:99:1)')],
    ['another folder', crash('Error: x'), crash('Error: x', '    at pay (/home/ann/shop/pay.js:10:5)')],
    ['a file URL', crash('Error: x'), crash('Error: x', '    at pay (file:///srv/pay.js?v=3:10:5)')],
    ['another platform', crash('Error: x'), crash('Error: x', FRAME, { _os: 'Windows' })],
    ['a number that stands alone', crash('Error: cursor 89 not found'), crash('Error: cursor 7 not found')],
    ['an object', crash('Error: got {id 1}'), crash('Error: got {id 2, b}')],
    ['an address', crash('Error: at 10.0.0.1 gone'), crash('Error: at 192.168.1.20 gone')],
    ['a port', crash('Error: connect localhost:80'), crash('Error: connect localhost:6379')],
    ['a pointer', crash('Error: at 0xdeadbeef'), crash('Error: at 0xcafe')],
    [
      'a UUID',
      crash('Error: no 0f8fad5b-d9cb-469f-a165-70867728950e'),
      crash('Error: no 7c9e6679-7425-40de-944b-e07fc1f90ae7'),
    ],
    ['a second block', crash('Error: x'), crash('Error: x', `${FRAME}\n\nCaused by: y`)],
    ["Node's own frames", crash('Error: x'), crash('Error: x', `    at run (internal/timers.js:5:5)\n${FRAME}`)],
    ['other functions, for a path in the message', crash('Error: no /a/b'), crash('Error: no /a/b', OTHER_FRAME)],
    ['other functions, for a question', crash('Error: what?'), crash('Error: what?', OTHER_FRAME)],
  ])('differ in %s', (_name, left, right) => {
    expect(group(right)).toBe(group(left));
  });

  it('differ in their functions, when a name stands in for the first line', () => {
    expect(group(crash('Error: x', OTHER_FRAME), 'ShopError')).toBe(group(crash('Error: x'), 'ShopError'));
    // An empty message: the name ends with a blank, the line of the stack does not.
    expect(group(crash('Error', OTHER_FRAME), 'Error: ')).toBe(group(crash('Error'), 'Error: '));
  });
});

describe('crashes of different groups', () => {
  it.each([
    ['their functions', crash('Error: x'), crash('Error: x', OTHER_FRAME)],
    ['milliseconds', crash('Error: after 17ms'), crash('Error: after 18ms')],
    ['an id behind a sign', crash('Error: id=17'), crash('Error: id=18')],
    ['a number sign', crash('Error: order #17'), crash('Error: order #18')],
    ['the last part of a URL', crash('Error: GET https://h/orders/17'), crash('Error: GET https://h/orders/18')],
    ['the last part of a path', crash('Error: no file /tmp/a1'), crash('Error: no file /tmp/b2')],
  ])('differ in %s', (_name, left, right) => {
    expect(group(right)).not.toBe(group(left));
  });

  it('differ in being fatal, and in the platform unless it does not matter', () => {
    const one = crash('Error: x', FRAME, { _not_os_specific: false });
    expect(crashGroup(one, 'Error: x', false)).not.toBe(crashGroup(one, 'Error: x', true));
    expect(crashGroup({ ...one, _os: 'Windows' }, 'Error: x', true)).not.toBe(crashGroup(one, 'Error: x', true));
  });
});

describe('a group', () => {
  const server = useInspector();
  const send = (one: object) => server.send({ crash: { ...one, _app_version: '1.0', _nonfatal: true } });

  it('of nothing is none, and the crash is dropped', async () => {
    await send({ _os: 'Linux', _error: '17', _name: '17' });
    await send({ _os: 'Linux', _error: '{a}', _name: '{a}' });
    expect(server.query('SELECT * FROM crashes')).toEqual([]);
  });

  it('is not counted when a custom value holds a NUL, though the report is kept', async () => {
    await send(crash('Error: x', FRAME, { _custom: { order: 'a\0' } }));
    expect(server.query('SELECT name, group_hash FROM crashes')).toEqual([{ name: 'Error: x', group_hash: null }]);
    expect((await server.get('/api/error-groups')).body).toMatchObject({ groups: [] });
  });

  it.each([
    ['100 000 opening braces', '{'.repeat(100_000)],
    ['100 000 slashes', '/'.repeat(100_000)],
    ['a million digits', '1'.repeat(1_000_000)],
    ['a hundred thousand lines', 'Error: x\n'.repeat(100_000)],
    ['blanks', `x${' '.repeat(200_000)}x`],
    ['hex digits', 'a'.repeat(300_000)],
    ['colons', ':'.repeat(200_000)],
    ['question marks', 'a?'.repeat(100_000)],
  ])('of %s is found at once', async (_name, error) => {
    const crash = { _os: 'Linux', _javascript: true, _error: error, _name: error.slice(0, 50_000) };
    expect(await processorMs(() => send(crash))).toBeLessThan(1000);
  });
});
