import { describe, expect, it } from 'vitest';
import { readFleetArguments } from '../../cli/fleet-arguments.js';
import { statusText } from '../../cli/fleet-command.js';

const REDIS = 'redis://127.0.0.1:6379';

describe('the commands of a fleet', () => {
  const read = (line: string, env: NodeJS.ProcessEnv = {}) =>
    readFleetArguments(line === '' ? [] : line.split(' '), env);

  it('are none of the plan', () => {
    expect(read('plan --schema')).toBeUndefined();
    expect(read('')).toBeUndefined();
  });

  it('relay takes what a client needs from options, else from the environment', () => {
    const env = { REDIS_URL: REDIS, COUNTLY_URL: 'http://127.0.0.1', COUNTLY_APP_KEY: 'KEY', COUNTLY_SALT: 'salt' };
    expect(read('relay --app-key OTHER --port 0 --lanes 4', env)).toEqual({
      kind: 'relay',
      task: {
        redis: REDIS,
        url: 'http://127.0.0.1',
        appKey: 'OTHER',
        prefix: undefined,
        salt: 'salt',
        host: '127.0.0.1',
        storage: undefined,
        lanes: 4,
        port: 0,
      },
    });
  });

  it.each([
    ['relay', 'option "--redis": expected the address of Redis, got nothing'],
    [`relay --redis ${REDIS} --port many`, 'option "--port": expected a number, got "many"'],
    [`relay --redis ${REDIS} now`, 'relay: expected options alone, got "now"'],
    [`fleet --redis ${REDIS}`, 'fleet: expected "status", got nothing'],
    [
      `fleet status --redis ${REDIS}`,
      'option "--prefix": expected the prefix of the fleet, or --url and --app-key, got nothing',
    ],
    [`fleet status --redis ${REDIS} --prefix p --format xml`, 'option "--format": expected json or table, got "xml"'],
  ])('%s is told what is wrong', (line, message) => {
    expect(read(line)).toEqual({ kind: 'wrong', message });
  });

  it('a state is a ledger, the lanes and the processes', () => {
    const text = statusText(
      {
        ledger: { accepted: 12, delivered: 7, pending: 2, dropped: { consent: 3 } },
        entries: 2,
        bytes: 300,
        lanes: [
          { lane: 0, holder: 'abc', entries: 2, oldest: 1000 },
          { lane: 1, holder: undefined, entries: 0, oldest: undefined },
        ],
        pods: [{ id: 'abc', host: 'one', sends: true, waiting: 0 }],
      },
      3500,
    );
    expect(text).toBe(
      [
        'accepted 12 = delivered 7 + pending 2 + dropped 3',
        'dropped: consent 3',
        'in Redis: 2 entries, 300 bytes',
        '',
        'lane  entries  oldest  holder',
        '0     2        2.5 s   abc',
        '1     0                nobody',
        '',
        'process  host  sends  waiting',
        'abc      one   yes    0',
      ].join('\n'),
    );
  });
});
