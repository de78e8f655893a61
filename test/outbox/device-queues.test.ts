import { describe, expect, it } from 'vitest';
import { createBackoff } from '../../lib/http/backoff.js';
import { DeviceQueues } from '../../lib/outbox/device-queues.js';
import type { Entry } from '../../lib/protocol/entry.js';
import { setup } from './harness.js';

const entry: Entry = {
  id: 1,
  deviceId: 'u1',
  idType: 0,
  kind: 'event',
  feature: 'events',
  timestamp: 0,
  tz: 0,
  body: '{}',
  weight: 1,
};

function queuesAfter(othersIdle: number, meanwhile: (queues: DeviceQueues) => void = () => {}) {
  const queues = new DeviceQueues(createBackoff());
  const queue = queues.of('u1');
  queues.idle(queue);
  meanwhile(queues);
  for (let i = 0; i < othersIdle; i++) queues.idle(queues.of(`other-${i}`));
  return { queues, queue };
}

describe('the queues of devices', () => {
  it('remembers a device that has nothing to send until 10 000 others have had nothing to send after it', () => {
    const remembered = queuesAfter(9_999);
    expect(remembered.queues.get('u1')).toBe(remembered.queue);
    const forgotten = queuesAfter(10_000);
    expect(forgotten.queues.get('u1')).toBeUndefined();
    expect([...forgotten.queues.values()]).toHaveLength(10_000);
  });

  it('never forgets one that has something to send, or is sending', () => {
    const waiting = queuesAfter(20_000, (queues) => queues.of('u1').waiting.push(entry));
    expect(waiting.queues.get('u1')).toBe(waiting.queue);
    const busy = queuesAfter(20_000, (queues) => {
      queues.of('u1').busy = true;
    });
    expect(busy.queues.get('u1')).toBe(busy.queue);
  });

  it('counts from the last time a device became idle', () => {
    const { queues, queue } = queuesAfter(9_000);
    queues.idle(queues.of('u1'));
    for (let i = 0; i < 9_999; i++) queues.idle(queues.of(`later-${i}`));
    expect(queues.get('u1')).toBe(queue);
    queues.idle(queues.of('one more'));
    expect(queues.get('u1')).toBeUndefined();
  });

  it('starts anew with a device that comes again: no haste, and no longer pauses, of what was before', async () => {
    const { event, pass, transport, outbox } = setup({ eventQueueSize: 2 });
    transport.answer = () => ({ kind: 'retry', reason: '500' });
    event('u1', 'a');
    await pass(1000);
    event('u1', 'b');
    event('u1', 'c');
    outbox.purge('u1', new Set(['events']));
    expect(outbox.stats().pending).toBe(0);
    transport.seen.length = 0;
    event('u1', 'd');
    await pass(999);
    expect(transport.seen).toHaveLength(0);
    await pass(1);
    await pass(1000);
    expect(transport.seen.map((seen) => seen.content)).toEqual([['d'], ['d']]);
  });
});
