import {
  Breadcrumb,
  Countly,
  ReportErrors,
  silentLogger,
  TimedEvent,
  Trace,
  TrackEvent,
  TrackView,
  WithDevice,
  weave,
} from 'countly-weave';
import { decorate } from './index.mjs';

function init({ url, folder }) {
  return Countly.init({ url, appKey: 'bench', deviceId: 'bench', storagePath: folder, logger: silentLogger });
}

const weaveAll = (decorators) => (proto, name) => {
  for (const decorator of decorators) decorate(decorator, proto, name);
};

function recording(where, decorators) {
  const client = init(where);
  return { weave: weaveAll(decorators), flush: () => client.flush({ timeout: 30_000 }), stats: () => client.stats() };
}

export const noClient = () => ({ weave: weaveAll([TimedEvent('work')]) });

export const fiveNoClient = () => ({ weave: weaveAll(five()) });

export const reportErrors = (where) => recording(where, [ReportErrors()]);

export const withDevice = (where) => recording(where, [WithDevice(() => 'visitor')]);

export const timedEvent = (where) => recording(where, [TimedEvent('work')]);

/** What a method of an application may well have: an event on success, the rest for the case of failure. */
const five = () => [
  ReportErrors(),
  TrackEvent('work_failed', { on: 'error' }),
  Trace('work', { on: 'error' }),
  Breadcrumb('working'),
  TimedEvent('work'),
];

export const fiveStacked = (where) => recording(where, five());

const allRecord = () => [
  TrackEvent('called', { on: 'call' }),
  TrackEvent('done'),
  Trace('work'),
  TrackView('work'),
  TimedEvent('work'),
];

/** Six entries a call: each of the five records one, and a view also ends the one before. */
export const fiveRecording = (where) => recording(where, allRecord());

/** The same six entries from five wrappers around each other, as five decorators of which each makes its own would do. */
export function fiveWrappers(where) {
  const client = init(where);
  return {
    weave(proto, name) {
      for (const decorator of allRecord()) proto[name] = weave(proto[name], decorator);
    },
    flush: () => client.flush({ timeout: 30_000 }),
  };
}
