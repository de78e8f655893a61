import { describe, expect, it } from 'vitest';
import { useInspector } from '../support/use-inspector.js';

const CRASH = {
  _os: 'Linux',
  _app_version: '2.3.1',
  _name: 'TypeError: x is undefined',
  _error: 'TypeError: x is undefined\n    at f (/app/a.js:1:2)',
  _nonfatal: true,
  _logs: 'one\ntwo',
  _custom: { order: 'o-1' },
  _not_os_specific: true,
};
const TRACE = {
  type: 'network',
  name: 'GET /users/:id',
  apm_metrics: { response_time: 120, response_payload_size: 10, request_payload_size: 0, response_code: 200 },
  stz: 1_700_000_000_000,
  etz: 1_700_000_000_120,
};

describe('crashes', () => {
  const server = useInspector();

  it('are stored with stack, breadcrumbs and custom data', async () => {
    await server.send({ crash: CRASH });
    expect(server.query('SELECT name, error, nonfatal, logs, custom, app_version, os FROM crashes')).toEqual([
      {
        name: CRASH._name,
        error: CRASH._error,
        nonfatal: 1,
        logs: 'one\ntwo',
        custom: '{"order":"o-1"}',
        app_version: '2.3.1',
        os: 'Linux',
      },
    ]);
  });

  it.each(['_error', '_app_version', '_os'])('without %s are dropped', async (name) => {
    expect((await server.send({ crash: { ...CRASH, [name]: '' } })).body).toEqual({ result: 'Success' });
    expect(server.query('SELECT * FROM crashes')).toEqual([]);
  });

  it.each([{ message: 'x' }, ['Error: x'], 7, true])('with %j as _error are dropped', async (error) => {
    expect((await server.send({ crash: { ...CRASH, _error: error } })).body).toEqual({ result: 'Success' });
    expect(server.query('SELECT * FROM crashes')).toEqual([]);
  });

  it('keep nested custom data as it came, and a text letter by letter', async () => {
    await server.send({ crash: { ...CRASH, _custom: { order: { id: 1 }, tags: ['a'] } } });
    await server.send({ crash: { ...CRASH, _custom: 'abc' } });
    expect(server.query('SELECT custom FROM crashes ORDER BY id')).toEqual([
      { custom: '{"order":{"id":1},"tags":["a"]}' },
      { custom: '{"0":"a","1":"b","2":"c"}' },
    ]);
  });

  it('are grouped over lines and numbers, fatal ones apart', async () => {
    await server.send({ crash: CRASH });
    await server.send({ crash: { ...CRASH, _error: CRASH._error.replace('1:2', '77:3'), _os: 'Windows' } });
    await server.send({ crash: { ...CRASH, _nonfatal: 'false' } });
    const groups = server.query('SELECT count(*) AS n, nonfatal FROM crashes GROUP BY group_hash ORDER BY n');
    expect(groups).toEqual([
      { n: 1, nonfatal: 0 },
      { n: 2, nonfatal: 1 },
    ]);
  });
});

describe('traces', () => {
  const server = useInspector();

  it('are stored with their metrics', async () => {
    await server.send({ apm: JSON.stringify({ ...TRACE, apm_attr: { host: 'a' } }) });
    expect(server.query('SELECT type, name, duration, response_code, attributes, stz, etz FROM traces')).toEqual([
      {
        type: 'network',
        name: 'GET /users/:id',
        duration: 120,
        response_code: 200,
        attributes: '{"host":"a"}',
        stz: TRACE.stz,
        etz: TRACE.etz,
      },
    ]);
  });

  it.each([
    ['a list', [TRACE]],
    ['app_metrics', { ...TRACE, apm_metrics: undefined, app_metrics: {} }],
    ['no end', { ...TRACE, etz: undefined }],
    ['texts as metrics', { ...TRACE, apm_metrics: { duration: 'long' } }],
  ])('with %s are ignored', async (_name, apm) => {
    await server.send({ apm });
    expect(server.query('SELECT * FROM traces')).toEqual([]);
  });
});

describe('consent', () => {
  const server = useInspector();

  it('is recorded where it changes', async () => {
    await server.send({ consent: { events: true, views: true } });
    await server.send({ consent: { events: true, views: false } });
    expect(server.query('SELECT feature, granted FROM consents ORDER BY feature')).toEqual([
      { feature: 'events', granted: 1 },
      { feature: 'views', granted: 0 },
    ]);
    expect(server.query('SELECT feature, granted FROM consent_changes ORDER BY id')).toEqual([
      { feature: 'events', granted: 1 },
      { feature: 'views', granted: 1 },
      { feature: 'views', granted: 0 },
    ]);
  });

  it('takes the text "false" for yes, as a real server does', async () => {
    await server.send({ consent: { events: 'false' } });
    expect(server.query('SELECT granted FROM consents')).toEqual([{ granted: 1 }]);
  });

  it.each([
    ['the text "false"', 'false', '"false"', 1],
    ['the number 0', 0, '0', 0],
    ['the number 1', 1, '1', 1],
    ['null', null, 'null', 0],
    ['an object', { a: 1 }, '{"a":1}', 1],
  ])('is stored as it came: %s', async (_name, sent, value, granted) => {
    await server.send({ consent: { events: sent } });
    expect(server.query('SELECT value, granted FROM consents')).toEqual([{ value, granted }]);
    expect(server.query('SELECT value, granted FROM consent_changes')).toEqual([{ value, granted }]);
  });

  it('is compared strictly: 1 after true is a change, true after true is none', async () => {
    for (const value of [true, true, 1, 'true', 'true']) await server.send({ consent: { events: value } });
    expect(server.query('SELECT value FROM consent_changes ORDER BY id').map(({ value }) => value)).toEqual([
      'true',
      '1',
      '"true"',
    ]);
  });

  it.each([
    ['that is no JSON', '{x'],
    ['that is the JSON of a text', '"{x"'],
  ])('as text %s is taken apart letter by letter', async (_name, consent) => {
    await server.send({ consent });
    expect(server.query('SELECT feature, value FROM consents ORDER BY feature')).toEqual([
      { feature: '0', value: '"{"' },
      { feature: '1', value: '"x"' },
    ]);
  });

  it('of a megabyte of text makes two hundred features at most', async () => {
    await server.send({ consent: 'x'.repeat(1_000_000) });
    expect(server.query('SELECT count(*) AS n FROM consents')).toEqual([{ n: 200 }]);
  });
});
