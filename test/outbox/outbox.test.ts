import { describe, expect, it } from 'vitest';
import type { Delivery } from '../../lib/protocol/answer.js';
import { settle, setup } from './harness.js';

const delivered: Delivery = { kind: 'delivered' };

describe('what leaves together', () => {
  it('waits one interval for company, then sends the events of a device in one request', async () => {
    const { event, pass, transport, expectBalanced } = setup();
    event('u1', 'a');
    await pass(999);
    expect(transport.seen).toHaveLength(0);
    event('u1', 'b');
    await pass(1);
    expect(transport.seen.map((request) => [request.path, request.content])).toEqual([['/i', ['a b']]]);
    expectBalanced();
  });

  it('sends at once when a device has as many events as make a request', async () => {
    const { event, transport, pass } = setup({ eventQueueSize: 3 });
    event('u1', 'a');
    event('u1', 'b');
    event('u1', 'c');
    await pass(0);
    expect(transport.seen[0]?.content).toEqual(['a b c']);
  });

  it('gives crashes and traces a request each and keeps the events around them together', async () => {
    const { event, request, pass, transport } = setup();
    event('u1', 'a');
    request('u1', 'apm', 'apm');
    event('u1', 'b');
    request('u1', 'crash', 'crashes');
    event('u1', 'c');
    await pass(1000);
    expect(transport.seen.flatMap((seen) => seen.content)).toEqual(['a b c', 'apm', 'crash']);
  });

  it('lets what is young wait for company of its own, instead of following alone', async () => {
    const { request, pass, transport, outbox } = setup();
    request('u1', 'apm', 'apm');
    await pass(900);
    request('u1', 'crash', 'crashes');
    await pass(100);
    expect(transport.seen.flatMap((seen) => seen.content)).toEqual(['apm']);
    await pass(800);
    expect(outbox.stats().pending).toBe(1);
    await pass(100);
    expect(transport.seen.flatMap((seen) => seen.content)).toEqual(['apm', 'crash']);
  });

  it('does not move events across what changes the person or the session', async () => {
    const { event, request, pass, transport } = setup();
    event('u1', 'before');
    request('u1', 'old_device_id', 'core');
    event('u1', 'after');
    await pass(1000);
    expect(transport.seen.flatMap((seen) => seen.content)).toEqual(['before', 'old_device_id', 'after']);
  });

  it('uses /i for as many devices as may be under way, and /i/bulk with one entry a device for more', async () => {
    const few = setup({ maxParallelRequests: 2 });
    few.event('u1', 'a');
    few.event('u2', 'a');
    await few.pass(1000);
    expect(few.transport.seen.map((seen) => seen.path)).toEqual(['/i', '/i']);

    const many = setup({ maxParallelRequests: 2 });
    for (const device of ['u1', 'u2', 'u3']) {
      many.event(device, 'a');
      many.request(device, 'apm', 'apm');
    }
    await many.pass(1000);
    expect(many.transport.seen.map((seen) => seen.path)).toEqual(['/i/bulk', '/i/bulk']);
    for (const seen of many.transport.seen) expect(new Set(seen.devices).size).toBe(seen.devices.length);
    many.expectBalanced();
  });

  it('lets devices that become ready one by one wait for the answer that is on its way, and leave together', async () => {
    const { event, pass, transport, expectBalanced } = setup({ eventQueueSize: 1, maxParallelRequests: 2 });
    let answer = (_: Delivery): void => {};
    transport.answer = () => new Promise((resolve) => (answer = resolve));
    event('u1', 'a');
    await pass(0);
    for (const device of ['u2', 'u3', 'u4']) {
      event(device, 'a');
      await pass(10);
    }
    expect(transport.seen.map((seen) => seen.devices)).toEqual([['u1']]);
    answer(delivered);
    await pass(0);
    expect(transport.seen.map((seen) => seen.devices)).toEqual([['u1'], ['u2', 'u3', 'u4']]);
    answer(delivered);
    await pass(0);
    expectBalanced();
  });

  it('waits for no answer longer than a tenth of a second', async () => {
    const { event, pass, transport } = setup({ eventQueueSize: 1 });
    transport.answer = (request) => (request.devices[0] === 'u1' ? new Promise(() => {}) : delivered);
    event('u1', 'a');
    await pass(0);
    event('u2', 'a');
    await pass(99);
    expect(transport.seen).toHaveLength(1);
    await pass(1);
    expect(transport.seen.map((seen) => seen.devices)).toEqual([['u1'], ['u2']]);
  });

  it('sends the rest of a device when that has waited one interval, also behind devices that came later', async () => {
    const { event, request, pass, transport } = setup();
    request('u1', 'apm', 'apm');
    await pass(900);
    request('u1', 'crash', 'crashes');
    await pass(50);
    event('u2', 'a');
    await pass(50);
    expect(transport.seen.flatMap((seen) => seen.content)).toEqual(['apm']);
    await pass(900);
    expect(transport.seen.flatMap((seen) => seen.content)).toEqual(['apm', 'a', 'crash']);
  });

  it('never uses /i/bulk in single mode', async () => {
    const { event, pass, transport } = setup({ delivery: 'single', maxParallelRequests: 2 });
    for (let i = 0; i < 20; i++) event(`u${i}`, 'a');
    await pass(1000);
    expect(transport.seen).toHaveLength(20);
    expect(transport.seen.every((seen) => seen.path === '/i')).toBe(true);
  });

  it('has one request of a device under way at a time', async () => {
    const { event, request, pass, transport } = setup();
    let open = 0;
    let most = 0;
    transport.answer = async () => {
      most = Math.max(most, ++open);
      await new Promise((resolve) => setImmediate(resolve));
      open--;
      return delivered;
    };
    event('u1', 'a');
    for (let i = 0; i < 5; i++) request('u1', 'apm', 'apm');
    await pass(1000);
    expect(transport.seen).toHaveLength(6);
    expect(most).toBe(1);
  });

  it('splits what is more than one request may hold', async () => {
    const { event, pass, transport, expectBalanced } = setup({ maxEvents: 10 });
    for (let i = 0; i < 25; i++) event('u1', `e${i}`);
    await pass(1000);
    expect(transport.seen.map((seen) => seen.content[0]?.split(' ').length)).toEqual([10, 10, 5]);
    expectBalanced();
  });
});

describe('what an answer does', () => {
  it('repeats with the same bytes after a passing fault, at growing distances', async () => {
    const { event, pass, transport, outbox, expectBalanced } = setup();
    transport.answer = (_request, call) => (call <= 2 ? { kind: 'retry', reason: '500' } : delivered);
    event('u1', 'a');
    await pass(1000);
    event('u1', 'b');
    await pass(1000);
    await pass(2000);
    expect(transport.seen.slice(0, 3).map((seen) => seen.content[0])).toEqual(['a', 'a', 'a']);
    expect(new Set(transport.seen.slice(0, 3).map((seen) => seen.body)).size).toBe(1);
    await pass(1000);
    expect(outbox.stats()).toMatchObject({ delivered: 2, pending: 0 });
    expectBalanced();
  });

  it('says where it could not deliver, without what is secret in the address', async () => {
    const { event, pass, transport, warnings } = setup();
    transport.answer = () => ({ kind: 'retry', reason: 'connection refused' });
    event('u1', 'a');
    await pass(1000);
    expect(warnings).toEqual([
      'Delivery to http://countly.example:8080/analytics failed and will be tried again: connection refused.',
    ]);
  });

  it('waits as long as the server asks, for everything', async () => {
    const { event, pass, transport } = setup();
    transport.answer = (_request, call) => (call === 1 ? { kind: 'retry', reason: '429', afterMs: 30_000 } : delivered);
    event('u1', 'a');
    await pass(1000);
    event('u2', 'b');
    await pass(28_000);
    expect(transport.seen).toHaveLength(1);
    await pass(3000);
    expect(transport.seen).toHaveLength(3);
  });

  it('lets others pass when one device keeps failing, and gives that one up after ten bounded attempts', async () => {
    const { event, pass, transport, outbox, expectBalanced, warnings } = setup();
    transport.answer = (request) =>
      request.devices[0] === 'bad' ? { kind: 'retry', reason: 'Cannot get app user', bounded: true } : delivered;
    event('bad', 'a');
    for (let i = 0; i < 30; i++) {
      event('good', `g${i}`);
      await pass(60_000);
    }
    expect(outbox.stats()).toMatchObject({ delivered: 30, pending: 0, dropped: { undeliverable: 1 } });
    expect(warnings.join()).toContain('Cannot get app user');
    expectBalanced();
  });

  it('drops a poison request, counts it and goes on', async () => {
    const { event, pass, transport, outbox, expectBalanced } = setup();
    transport.answer = (request) =>
      request.devices[0] === 'bad' ? { kind: 'rejected', reason: 'Invalid parameter' } : delivered;
    event('bad', 'a');
    event('good', 'b');
    await pass(1000);
    expect(outbox.stats()).toMatchObject({ delivered: 1, pending: 0, dropped: { rejected: 1 } });
    expectBalanced();
  });

  it('finds the poison entry of a bulk by halving, and delivers all others', async () => {
    const { event, pass, transport, outbox, expectBalanced } = setup();
    transport.answer = (request) =>
      request.devices.includes('u37') ? { kind: 'rejected', reason: 'poison' } : delivered;
    for (let i = 0; i < 100; i++) event(`u${i}`, 'a');
    await pass(1000);
    expect(outbox.stats()).toMatchObject({ delivered: 99, pending: 0, dropped: { rejected: 1 } });
    expect(transport.seen.length).toBeLessThan(16);
    expectBalanced();
  });

  it('halves a request that is too large until it fits', async () => {
    const { event, pass, transport, outbox, expectBalanced } = setup();
    transport.answer = (request) =>
      (request.content[0] ?? '').split(' ').length > 3 ? { kind: 'split', reason: '413' } : delivered;
    for (let i = 0; i < 10; i++) event('u1', `e${i}`);
    await pass(1000);
    expect(outbox.stats()).toMatchObject({ delivered: 10, pending: 0, dropped: {} });
    const arrived = transport.seen.map((seen) => seen.content[0] ?? '').filter((keys) => keys.split(' ').length <= 3);
    expect(arrived.join(' ')).toBe('e0 e1 e2 e3 e4 e5 e6 e7 e8 e9');
    expectBalanced();
  });

  it.each([
    ['a small one', 10],
    ['a large one', 900_000],
  ])(
    'gives up no single entry (%s) for a 413 alone, which a proxy that takes nothing says as well',
    async (_, size) => {
      const { add, pass, transport, outbox, warnings, expectBalanced } = setup();
      transport.answer = () => ({ kind: 'split', reason: '413' });
      add({ kind: 'request', feature: 'users', body: `"user_details":{"x":"${'y'.repeat(size)}"}` });
      for (let i = 0; i < 30; i++) await pass(60_000);
      expect(outbox.stats()).toMatchObject({ pending: 1, dropped: {} });
      expect(transport.seen.length).toBeGreaterThan(10);
      expect(warnings.length).toBeGreaterThan(0);
      transport.answer = () => delivered;
      await pass(60_000);
      expect(outbox.stats()).toMatchObject({ delivered: 1, pending: 0 });
      expectBalanced();
    },
  );

  it('gives up what stays too large while the server takes others', async () => {
    const { event, request, pass, transport, outbox, expectBalanced } = setup();
    transport.answer = ({ devices }) => (devices[0] === 'big' ? { kind: 'split', reason: '413' } : delivered);
    request('big', 'user_details', 'users');
    for (let i = 0; i < 30; i++) {
      event('u1', `e${i}`);
      await pass(60_000);
    }
    expect(outbox.stats()).toMatchObject({ delivered: 30, pending: 0, dropped: { undeliverable: 1 } });
    expectBalanced();
  });

  it('keeps everything while the app is unknown, tries rarely, and says it once a minute', async () => {
    const { event, pass, transport, outbox, warnings, expectBalanced } = setup();
    transport.answer = () => ({ kind: 'hold', reason: 'app-unknown', message: 'App does not exist' });
    event('u1', 'a');
    for (let i = 0; i < 30; i++) await pass(1000);
    expect(transport.seen).toHaveLength(1);
    expect(warnings.filter((text) => text.includes('App does not exist'))).toHaveLength(1);
    transport.answer = () => delivered;
    await pass(60_000);
    expect(outbox.stats()).toMatchObject({ delivered: 1, pending: 0 });
    expectBalanced();
  });

  it('survives a transport that breaks its contract', async () => {
    const { event, pass, transport, outbox, expectBalanced } = setup();
    transport.answer = (_request, call) => {
      if (call === 1) throw new Error('boom');
      return delivered;
    };
    event('u1', 'a');
    await pass(1000);
    await pass(2000);
    expect(outbox.stats()).toMatchObject({ delivered: 1, pending: 0 });
    expectBalanced();
  });
});

describe('bounds', () => {
  it('drops the oldest beyond the number of entries, counts them and says so once', async () => {
    const { event, outbox, transport, pass, warnings, expectBalanced } = setup({ maxQueuedEntries: 5 });
    for (let i = 0; i < 8; i++) event(`u${i}`, 'a');
    expect(outbox.stats()).toMatchObject({ accepted: 8, pending: 5, dropped: { overflow: 3 } });
    expect(warnings).toHaveLength(1);
    await pass(1000);
    expect(transport.seen.flatMap((seen) => seen.devices)).toEqual(['u3', 'u4', 'u5', 'u6', 'u7']);
    expectBalanced();
  });

  it('lets nothing wait for company while a quarter of the room is taken, so that a high rate loses nothing', async () => {
    const { event, pass, transport, outbox, expectBalanced } = setup({ maxQueuedEntries: 40 });
    for (let i = 0; i < 10; i++) event(`u${i}`, 'a');
    await pass(0);
    expect(transport.seen).toHaveLength(0);
    event('u10', 'a');
    await pass(0);
    expect(outbox.stats()).toMatchObject({ delivered: 11, pending: 0 });
    event('u11', 'a');
    await pass(0);
    expect(outbox.stats().pending).toBe(1);
    for (let i = 0; i < 400; i++) {
      event(`v${i}`, 'a');
      await pass(0);
    }
    expect(outbox.stats().dropped).toEqual({});
    expectBalanced();
  });

  it('asks a server that was away every second once half of the room is taken', async () => {
    const { event, clock, pass, transport, outbox, expectBalanced } = setup({ maxQueuedEntries: 40 });
    transport.answer = () => ({ kind: 'retry', reason: 'connection refused' });
    event('first', 'a');
    for (let i = 0; i < 100; i++) await pass(500);
    const tries = transport.seen.length;
    await pass(10_000);
    expect(transport.seen.length - tries).toBeLessThanOrEqual(1);

    const calls: number[] = [];
    transport.answer = () => {
      calls.push(clock.monotonic());
      return { kind: 'retry', reason: 'connection refused' };
    };
    const from = clock.monotonic();
    for (let i = 0; i < 25; i++) event(`u${i}`, 'a');
    for (let i = 0; i < 40; i++) await pass(250);
    const moments = [from, ...new Set(calls)];
    for (const [index, at] of moments.entries())
      if (index > 0) expect(at - (moments[index - 1] as number)).toBeLessThan(1300);
    expect(moments.length).toBeGreaterThan(4);

    transport.answer = () => delivered;
    await pass(2000);
    expect(outbox.stats().delivered).toBeGreaterThan(20);
    expectBalanced();
  });

  it('waits as long as the server says, however much there is', async () => {
    const { event, pass, transport, expectBalanced } = setup({ maxQueuedEntries: 40 });
    transport.answer = () => ({ kind: 'retry', reason: '429', afterMs: 60_000 });
    event('first', 'a');
    await pass(1000);
    for (let i = 0; i < 30; i++) event(`u${i}`, 'a');
    for (let i = 0; i < 50; i++) await pass(1000);
    expect(transport.seen).toHaveLength(1);
    expectBalanced();
  });

  it('drops by bytes as well', () => {
    const { event, outbox, expectBalanced } = setup({ maxQueuedBytes: 1024 });
    for (let i = 0; i < 100; i++) event('u1', 'a');
    expect(outbox.stats().pending).toBeLessThan(10);
    expectBalanced();
  });

  it('drops what is older than allowed instead of sending it', async () => {
    const { event, clock, pass, transport, outbox, expectBalanced } = setup({ maxAge: 3_600_000 });
    transport.answer = (_request, call) =>
      call === 1 ? { kind: 'retry', reason: 'down', afterMs: 7_200_000 } : delivered;
    event('u1', 'old');
    await pass(1000);
    clock.advance(7_000_000);
    event('u1', 'new');
    await pass(300_000);
    expect(outbox.stats()).toMatchObject({ delivered: 1, pending: 0, dropped: { expired: 1 } });
    expect(transport.seen.at(-1)?.content).toEqual(['new']);
    expectBalanced();
  });
});

describe('withdrawn consent', () => {
  it('removes what waits of the feature, for that device only', async () => {
    const { event, outbox, pass, transport, expectBalanced } = setup();
    event('u1', 'a');
    event('u1', '[CLY]_view', 'views');
    event('u2', 'b');
    outbox.purge('u1', new Set(['events']));
    await pass(1000);
    expect(transport.seen.flatMap((seen) => seen.content)).toEqual(['[CLY]_view', 'b']);
    expect(outbox.stats().dropped).toEqual({ consent: 1 });
    expectBalanced();
  });

  it('removes it from a request under way too, should that have to be repeated', async () => {
    const { event, outbox, pass, transport, expectBalanced } = setup();
    let fail: (delivery: Delivery) => void = () => {};
    transport.answer = (_request, call) => (call === 1 ? new Promise((resolve) => (fail = resolve)) : delivered);
    event('u1', 'a');
    event('u1', '[CLY]_view', 'views');
    await pass(1000);
    outbox.purge('u1', new Set(['events']));
    fail({ kind: 'retry', reason: 'reset' });
    await pass(5000);
    expect(transport.seen.map((seen) => seen.content)).toEqual([['a [CLY]_view'], ['[CLY]_view']]);
    expectBalanced();
  });
});

describe('withdrawal while a request is under way', () => {
  it('cannot call it back: what arrived counts as delivered, once', async () => {
    const { event, outbox, pass, transport, expectBalanced } = setup();
    let answer: (delivery: Delivery) => void = () => {};
    transport.answer = (_request, call) => (call === 1 ? new Promise((resolve) => (answer = resolve)) : delivered);
    event('u1', 'a');
    event('u1', '[CLY]_view', 'views');
    await pass(1000);
    outbox.purge('u1', new Set(['events']));
    answer(delivered);
    event('u1', 'b');
    await pass(1000);
    expect(outbox.stats()).toMatchObject({ accepted: 3, delivered: 3, pending: 0, dropped: {} });
    expectBalanced();
  });
});

describe('flush and close', () => {
  it('flush sends at once and tells what was delivered', async () => {
    const { event, outbox, expectBalanced } = setup();
    event('u1', 'a');
    event('u2', 'b');
    expect(await outbox.flush(1000)).toEqual({ delivered: 2, pending: 0, dropped: 0 });
    expectBalanced();
  });

  it('flush waits for requests under way and for what came while they were', async () => {
    const { event, outbox, pass, transport } = setup();
    const answers: ((delivery: Delivery) => void)[] = [];
    transport.answer = () => new Promise((resolve) => answers.push(resolve));
    event('u1', 'a');
    await pass(1000);
    event('u1', 'b');
    const flushing = outbox.flush(10_000);
    await settle();
    answers.shift()?.(delivered);
    await settle();
    answers.shift()?.(delivered);
    expect(await flushing).toEqual({ delivered: 2, pending: 0, dropped: 0 });
  });

  it('flush gives up at its timeout and tells what is pending', async () => {
    const { event, outbox, clock, transport, expectBalanced } = setup();
    transport.answer = () => new Promise(() => {});
    event('u1', 'a');
    const flushing = outbox.flush(5000);
    await settle();
    clock.advance(5000);
    expect(await flushing).toEqual({ delivered: 0, pending: 1, dropped: 0 });
    expectBalanced();
  });

  it('flush tries at once what is waiting after a failure', async () => {
    const { event, outbox, pass, transport } = setup();
    transport.answer = (_request, call) => (call <= 5 ? { kind: 'retry', reason: '503' } : delivered);
    event('u1', 'a');
    for (let i = 0; i < 5; i++) await pass([1000, 1000, 2000, 4000, 8000][i] as number);
    expect(transport.seen).toHaveLength(5);
    expect(await outbox.flush(1000)).toMatchObject({ delivered: 1, pending: 0 });
  });

  it('close waits for what is recorded while it delivers', async () => {
    const { event, outbox, transport, expectBalanced } = setup();
    transport.answer = (_request, call) => {
      if (call === 1) event('u2', 'late');
      return delivered;
    };
    event('u1', 'a');
    expect(await outbox.close(1000)).toEqual({ delivered: 2, pending: 0, dropped: 0 });
    expectBalanced();
  });

  it('counts what comes after close, and sends nothing more', async () => {
    const { event, outbox, pass, transport, expectBalanced } = setup();
    await outbox.close(1000);
    event('u1', 'late');
    await pass(10_000);
    expect(transport.seen).toHaveLength(0);
    expect(outbox.stats().dropped).toEqual({ closed: 1 });
    expectBalanced();
  });
});
