import { describe, expect, it } from 'vitest';
import { createBackoff } from '../../lib/http/backoff.js';
import { MemoryStorage } from '../../lib/journal/memory.js';
import { DeviceQueue } from '../../lib/outbox/device-queue.js';
import { QueuedEntry } from '../../lib/outbox/queued-entry.js';
import type { EntryDraft } from '../../lib/protocol/entry.js';
import { event, START } from '../journal/support/drafts.js';

function accept({ deviceId, timestamp, body, ...traits }: EntryDraft): QueuedEntry {
  return QueuedEntry.accept(
    new DeviceQueue(deviceId, createBackoff()),
    traits,
    timestamp,
    '',
    body,
    '',
    new MemoryStorage(),
  );
}

describe('an entry in the queue', () => {
  it.each([
    event(1),
    event(2, { idType: 9, kind: 'request', feature: 'crashes', tz: -330, weight: 7, body: '"x":1' }),
    event(3, { timestamp: START - 1e12 }),
    event(4, { timestamp: 9_999_999_999_999 }),
  ])('says all that its draft said, and the id that the storage gave: %j', (draft) => {
    const { id, deviceId, idType, kind, feature, timestamp, tz, body, weight } = accept(draft);
    expect({ deviceId, idType, kind, feature, timestamp, tz, body, weight }).toEqual(draft);
    expect(id).toBe(1);
  });

  it('puts its body together from what it begins with, the rest and the time', () => {
    const { deviceId, timestamp, ...traits } = event(1);
    const queue = new DeviceQueue(deviceId, createBackoff());
    const entry = QueuedEntry.accept(queue, traits, timestamp, '{"key":"', 'x"', ',"hour":3}', new MemoryStorage());
    expect(entry.body).toBe('{"key":"x","hour":3}');
  });

  it('knows the device of its queue', () => {
    const { deviceId, timestamp, body, ...traits } = event(1);
    const queue = new DeviceQueue(deviceId, createBackoff());
    expect(QueuedEntry.accept(queue, traits, timestamp, '', body, '', new MemoryStorage()).origin).toBe(queue);
  });
});
