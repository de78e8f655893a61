import {
  Breadcrumb,
  Countly,
  ReportErrors,
  silentLogger,
  TimedEvent,
  Trace,
  TrackEvent,
  TrackView,
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

export const timedEvent = (where) => recording(where, [TimedEvent('work')]);

/** What a method of an application may well have: an event on success, the rest for the case of failure. */
export const fiveStacked = (where) =>
  recording(where, [
    ReportErrors(),
    TrackEvent('work_failed', { on: 'error' }),
    Trace('work', { on: 'error' }),
    Breadcrumb('working'),
    TimedEvent('work'),
  ]);

/** Five entries a call. */
export const fiveRecording = (where) =>
  recording(where, [
    TrackEvent('called', { on: 'call' }),
    TrackEvent('done'),
    Trace('work'),
    TrackView('work'),
    TimedEvent('work'),
  ]);
