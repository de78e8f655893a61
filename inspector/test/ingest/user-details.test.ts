import { describe, expect, it } from 'vitest';
import { applyCustom } from '../../src/ingest/user-operators.js';
import { useInspector } from '../support/use-inspector.js';

describe('user operators', () => {
  it.each([
    ['$inc', 2, 3, 5],
    ['$inc', undefined, -1, -1],
    ['$mul', 4, 2.5, 10],
    ['$min', 4, 7, 4],
    ['$min', undefined, 7, 7],
    ['$max', 4, 7, 7],
    ['$setOnce', 'first', 'second', 'first'],
    ['$setOnce', undefined, 'second', 'second'],
    ['$push', ['a'], ['a', 'b'], ['a', 'a', 'b']],
    ['$push', undefined, 'a', ['a']],
    ['$pull', ['a', 'b', 'a'], ['a'], ['b']],
    ['$addToSet', ['a'], ['a', 'b'], ['a', 'b']],
  ])('%s of %o with %o', (operator, current, operand, expected) => {
    const before = current === undefined ? {} : { p: current };
    expect(applyCustom(before, { p: { [operator]: operand } })).toEqual({ p: expected });
  });

  it('plain values replace, an empty text removes, other properties stay', () => {
    expect(applyCustom({ a: 1, b: 2, c: 3 }, { a: 'x', b: '' })).toEqual({ a: 'x', c: 3 });
  });
});

describe('user_details', () => {
  const server = useInspector();
  const profile = () => server.query('SELECT name, email, byear, custom FROM user_profiles');

  it('add up over requests', async () => {
    await server.send({
      user_details: { name: 'Ann', email: 'ann@example.com', byear: 1990, custom: { plan: 'pro' } },
    });
    await server.send({ user_details: JSON.stringify({ email: '', custom: { logins: { $inc: 2 } } }) });
    await server.send({ user_details: { custom: { logins: { $inc: 1 } } } });
    expect(profile()).toEqual([{ name: 'Ann', email: null, byear: 1990, custom: '{"plan":"pro","logins":3}' }]);
  });

  it('are applied once when the request is repeated', async () => {
    const request = { ...server.common(), user_details: { custom: { logins: { $inc: 1 } } } };
    await server.json('/i', request);
    await server.json('/i', request);
    expect(profile()).toMatchObject([{ custom: '{"logins":1}' }]);
  });
});

describe('old_device_id', () => {
  const server = useInspector();

  it('merges counters, history, profile and consent into the new id', async () => {
    await server.send({ events: [{ key: 'a' }], user_details: { name: 'Anon', custom: { x: 1 } } }, 'anon');
    await server.send({ consent: { events: true } }, 'anon');
    await server.send({ events: [{ key: 'b' }], user_details: { name: 'Ann', custom: { y: 2 } } }, 'ann');
    await server.send({ old_device_id: 'anon' }, 'ann');
    expect(server.query('SELECT device_id, event_count FROM devices')).toEqual([{ device_id: 'ann', event_count: 2 }]);
    expect(server.query('SELECT DISTINCT device_id FROM events')).toEqual([{ device_id: 'ann' }]);
    expect(server.query('SELECT device_id, name, custom FROM user_profiles')).toEqual([
      { device_id: 'ann', name: 'Ann', custom: '{"x":1,"y":2}' },
    ]);
    expect(server.query('SELECT device_id, feature FROM consents')).toEqual([{ device_id: 'ann', feature: 'events' }]);
    expect(server.query('SELECT old_device_id, device_id FROM merges')).toEqual([
      { old_device_id: 'anon', device_id: 'ann' },
    ]);
  });

  it('keeps the id each entry was sent with', async () => {
    await server.send({}, 'anon');
    await server.send({ old_device_id: 'anon' }, 'ann');
    expect(server.query('SELECT device_id FROM entries ORDER BY id')).toEqual([
      { device_id: 'anon' },
      { device_id: 'ann' },
    ]);
  });
});
