import * as Sentry from '@sentry/nestjs';
import { decorate } from './index.mjs';

const weave = (proto, name) => decorate(Sentry.SentryTraced('work'), proto, name);

function init({ url }, tracesSampleRate) {
  Sentry.init({
    dsn: url.replace('http://', 'http://public@').concat('/1'),
    tracesSampleRate,
    sendClientReports: false,
  });
  return { weave, flush: () => Sentry.flush(5000) };
}

export const beforeInit = () => ({ weave });
export const rate0 = (where) => init(where, 0);
export const rate1 = (where) => init(where, 1);
