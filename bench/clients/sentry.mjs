import * as Sentry from '@sentry/nestjs';

/** Errors and traces are what it is made for; a message is the nearest it has to an event. */
export function start({ url, settings }) {
  Sentry.init({ dsn: url.replace('http://', 'http://public@').concat('/1'), sendClientReports: false, ...settings });
  return {
    // Equal ones that follow each other are one to it.
    track: (id, n) => Sentry.captureMessage(`bench ${n}`, { user: { id } }),
    flush: (timeout = 60_000) => Sentry.flush(timeout),
  };
}
