import { createTestClient, ManualClock, type RecordedEvent } from 'countly-weave/testing';

export async function keys(): Promise<string[]> {
  const countly = createTestClient();
  const events: readonly RecordedEvent[] = await countly.events();
  await countly.close();
  return events.map((event) => event.key);
}

export const clock: ManualClock = new ManualClock();

// @ts-expect-error the clock has no such method: the declarations were found and are strict
clock.fly();
