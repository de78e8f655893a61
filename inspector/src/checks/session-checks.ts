import { numberOf, show } from '../protocol/json.js';
import type { Check, EntrySubject } from './check.js';

/** Seconds after `end_session` within which a new session only extends the old one. */
export const SESSION_COOLDOWN_SECONDS = 15;
export const SESSION_DURATION_LIMIT = 86_400;

export const SESSION_CHECKS: ReadonlyArray<Check<EntrySubject>> = [
  {
    row: 42,
    find: ({ entry, device }) => {
      if (!entry.parameters['begin_session'] || entry.parameters['ignore_cooldown']) return undefined;
      if (device?.last_end === null || device?.last_end === undefined || device.open_session !== null) return undefined;
      const seconds = Math.round((entry.timestamp - device.last_end) / 1000);
      if (seconds < 0) return `begin_session is ${-seconds} s older than the last end_session`;
      return seconds < SESSION_COOLDOWN_SECONDS ? `begin_session ${seconds} s after the last end_session` : undefined;
    },
  },
  {
    row: 43,
    find: ({ entry: { parameters } }) =>
      parameters['begin_session'] && parameters['end_session'] ? 'begin_session and end_session together' : undefined,
  },
  {
    row: 44,
    find: ({ entry: { parameters } }) => {
      const sent = parameters['session_duration'];
      if (sent === undefined) return undefined;
      const seconds = numberOf(sent);
      return seconds !== undefined && Number.isInteger(seconds) && seconds >= 0 && seconds <= SESSION_DURATION_LIMIT
        ? undefined
        : `session_duration is ${show(sent)}`;
    },
  },
  {
    row: 45,
    find: ({ entry: { parameters }, device }) => {
      if (parameters['begin_session'] || (device?.open_session ?? null) !== null) return undefined;
      const sent = ['session_duration', 'end_session'].filter((name) => parameters[name]);
      return sent.length === 0 ? undefined : `${sent.join(' and ')} without a running session`;
    },
  },
];
