import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBackoff } from '../../lib/http/backoff.js';
import { DeviceQueues, type Linked, LinkedList } from '../../lib/outbox/device-queues.js';
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

class Item implements Linked<Item> {
  list: LinkedList<Item> | undefined;
  previous: Item | undefined;
  next: Item | undefined;

  constructor(readonly name: number) {}
}

function namesIn(list: LinkedList<Item>): number[] {
  const names: number[] = [];
  list.forEach((item) => {
    names.push(item.name);
  });
  return names;
}

describe('a linked list', () => {
  it('has what was added and not taken out, in the order of adding, whatever is taken out', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(9), { maxLength: 60 }), (steps) => {
        const items = Array.from({ length: 10 }, (_, name) => new Item(name));
        const list = new LinkedList<Item>();
        let model: number[] = [];
        // Each step adds an item that is not in the list and takes out one that is.
        for (const name of steps) {
          const item = items[name] as Item;
          if (item.list === list) {
            list.remove(item);
            model = model.filter((other) => other !== name);
          } else {
            list.add(item);
            model.push(name);
          }
          expect(namesIn(list)).toEqual(model);
          expect(list.size).toBe(model.length);
          expect(list.first?.name).toBe(model[0]);
        }
      }),
    );
  });

  it('lets a visitor take out what it sees, also to add it again', () => {
    const list = new LinkedList<Item>();
    for (let name = 0; name < 5; name++) list.add(new Item(name));
    const seen: number[] = [];
    list.forEach((item) => {
      seen.push(item.name);
      list.remove(item);
      if (item.name % 2 === 0) list.add(item);
    });
    expect(seen).toEqual([0, 1, 2, 3, 4]);
    expect(namesIn(list)).toEqual([0, 2, 4]);
  });
});
