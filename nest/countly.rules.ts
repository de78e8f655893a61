import { optionRules as is } from '../lib/internal.js';
import { INSTRUMENT_RULE } from './instrument/instrument.options.js';

const YEAR = 31_536_000;

const anonymousCookie = is.shape('an object of cookie settings', {
  cookie: is.pattern('the name of a cookie, without blanks and separators', /^[\w!#$%&'*+.^`|~-]+$/, 'plain'),
  maxAge: is.whole(1, 10 * YEAR, 'seconds'),
  path: is.pattern('a path such as "/shop"', /^\/[\x21-\x3a\x3c-\x7e]*$/, 'plain'),
  domain: is.pattern('a domain such as "shop.example"', /^\.?[a-z0-9-]+(\.[a-z0-9-]+)*$/i, 'plain'),
  sameSite: is.oneOf('Lax', 'Strict', 'None'),
  merge: is.flag,
  secure: is.flag,
  secret: is.secrets(32),
});

const carrier = is.shape('an object with a secret', {
  secret: is.required(is.secrets(32)),
  maxAge: is.seconds(1, 10 * YEAR),
  hosts: is.hostList,
});

const errors = is.either(
  is.flag,
  is.shape('an object', { minStatus: is.whole(100, 999, 'an HTTP status'), report: is.callback }),
);
const traffic = is.either(is.flag, is.shape('an object', { sample: is.share, filter: is.callback }));
const outgoing = is.either(
  is.flag,
  is.shape('an object', { sample: is.share, ignoreHosts: is.hostList, name: is.callback }),
);
const sessions = is.either(
  is.flag,
  is.shape('an object', { idleTimeout: is.seconds(1, 86_400), filter: is.callback, metrics: is.callback }),
);
const flagOrCallback = is.either(is.flag, is.callback);

const BESIDE = (name: string): is.Rule => ({
  expected: `nothing here: give it where the module is imported, as forRootAsync({ ${name}, useFactory })`,
  test: () => false,
});

/** What `forRoot` takes beside the options of the client, or in another way. */
export const MODULE_RULES: is.Members = {
  // Taken out before, where they are of use; these are for factories, and for whoever spells them wrong.
  name: BESIDE('name'),
  isGlobal: BESIDE('isGlobal'),
  deviceId: is.either(is.text, is.callback, is.listOf('a list of functions', is.callback)),
  processDeviceId: is.text,
  anonymous: is.either(is.oneOf('process', 'cookie', 'none'), anonymousCookie),
  resolverTimeout: is.milliseconds(1),
  consent: is.either(is.features, is.callback),
  processConsent: is.features,
  carrier,
  ip: flagOrCallback,
  place: is.callback,
  language: flagOrCallback,
  timezone: is.callback,
  requestScope: is.flag,
  inheritScope: is.flag,
  ignore: is.callback,
  errors,
  networkTraces: traffic,
  views: traffic,
  sessions,
  traces: is.shape('an object such as { outgoing: true }', { outgoing }),
  instrument: INSTRUMENT_RULE,
  bootReport: is.flag,
  shutdownWarning: is.flag,
};

/** What `forFeature` takes. */
export const FEATURE_RULE = is.shape('an object', {
  client: is.plainText,
  keyPrefix: is.plainText,
  segmentation: is.object,
  errors,
  views: traffic,
});
