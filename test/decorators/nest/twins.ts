import 'reflect-metadata';
import type { Type } from '@nestjs/common';
import { afterEach, beforeEach, expect } from 'vitest';
import { Breadcrumb } from '../../../lib/decorators/breadcrumb.js';
import { ChangeDeviceId } from '../../../lib/decorators/change-device-id.js';
import { GiveConsent, WithdrawConsent } from '../../../lib/decorators/consent.js';
import { Conversion } from '../../../lib/decorators/conversion.js';
import { Feedback } from '../../../lib/decorators/feedback.js';
import { UserData, UserDetails } from '../../../lib/decorators/profile.js';
import { ReportErrors } from '../../../lib/decorators/report-errors.js';
import { BeginSession, EndSession } from '../../../lib/decorators/sessions.js';
import { EndEvent, StartEvent } from '../../../lib/decorators/start-event.js';
import { Trace } from '../../../lib/decorators/trace.js';
import { TimedEvent, TrackEvent } from '../../../lib/decorators/track-event.js';
import { TrackView } from '../../../lib/decorators/track-view.js';
import { WithDevice } from '../../../lib/decorators/with-device.js';
import { RecordingClient } from '../../support/recording-client.js';

/** Where our decorators stand among the others; the twin has them nowhere. */
export const PLACES = ['above', 'between', 'below', 'everywhere'] as const;
export type Place = (typeof PLACES)[number] | 'nowhere';

const OURS = [
  TrackEvent('called', { on: 'call' }),
  TimedEvent('ended', { on: 'settle' }),
  TrackView('view'),
  ReportErrors(),
  Trace('trace'),
  Breadcrumb((call) => `in ${call.methodName}`),
  BeginSession(),
  EndSession({ on: 'settle' }),
  UserDetails(() => ({ name: 'ada' })),
  UserData((user) => user.increment('calls')),
  StartEvent('work'),
  EndEvent('work'),
  Conversion('campaign'),
  Feedback(() => ({ rating: 5 })),
  GiveConsent('events'),
  WithdrawConsent(() => ['feedback']),
  ChangeDeviceId(() => undefined),
  WithDevice(() => 'visitor'),
];

/** All our decorators, when they belong to this place; else nothing. */
export function oursAt(place: Place): (slot: (typeof PLACES)[number]) => MethodDecorator {
  return (slot) => (target, key, descriptor) => {
    if (place !== slot && place !== 'everywhere') return;
    for (const decorator of OURS) decorator(target, key, descriptor as never);
  };
}

/** A client that records, for every test of a file. */
export function withRecordingClient(): { readonly current: RecordingClient } {
  const holder = { current: new RecordingClient() };
  beforeEach(() => {
    holder.current = new RecordingClient().register();
  });
  afterEach(() => holder.current.unregister());
  return holder;
}

/** All metadata that frameworks left on a class and its methods, without that of this library. */
export function metadataOf(target: Type): unknown {
  const all = (holder: object, key?: string): [string, unknown][] =>
    (Reflect.getMetadataKeys(holder, key as string) as unknown[])
      .filter((name) => !String(name).includes('countly-weave'))
      .map((name): [string, unknown] => [
        String(name),
        shown(Reflect.getMetadata(name, holder, key as string) as unknown),
      ])
      .sort(([one], [other]) => (one < other ? -1 : 1));
  const methods = Object.getOwnPropertyNames(target.prototype as object).filter((name) => name !== 'constructor');
  return {
    class: all(target),
    methods: methods.map((name) => {
      const method = (target.prototype as Record<string, (...args: unknown[]) => unknown>)[name];
      if (typeof method !== 'function') throw new Error(`${name} is no method any more`);
      return {
        name: method.name,
        length: method.length,
        on: all(method),
        ofProperty: all(target.prototype as object, name),
        ofStatic: all(target, name),
      };
    }),
  };
}

/** Two definitions of the same class hold other functions and ids; what they are called is what counts. */
function shown(value: unknown, depth = 0): unknown {
  if (typeof value === 'function') return `function ${value.name}`;
  if (typeof value === 'symbol') return String(value);
  if (typeof value === 'string') return /^[0-9a-f-]{20,}$/.test(value) ? 'an id' : value;
  if (typeof value !== 'object' || value === null || depth > 5) return value;
  if (Array.isArray(value)) return value.map((item) => shown(item, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shown(item, depth + 1)]));
}

/** What our decorators recorded, as a proof that they were there at all. */
export function expectRecorded(client: RecordingClient, methods: number, failed = 0): void {
  expect(client.of('event').filter(({ key }) => key === 'called')).toHaveLength(methods);
  expect(client.of('event').filter(({ key }) => key === 'ended')).toHaveLength(methods);
  expect(client.of('trace')).toHaveLength(methods);
  expect(client.of('crash')).toHaveLength(failed);
  expect(new Set(client.records.map(({ deviceId }) => deviceId))).toEqual(new Set(['visitor']));
}
