import { begin, type Case, custom, event, fields, view } from './cases.js';

const CRASH = { _os: 'Linux', _app_version: '1.0', _error: 'Error: x', _nonfatal: true };
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** Characters a server cannot keep. */
export const TEXT_CASES: readonly Case[] = [
  event(61, 'NUL in an event key', { key: 'sh\0op' }),
  event(61, 'NUL in a segment name', { segmentation: { 'x\0': 1 } }),
  fields(61, 'NUL in the second event of many', { events: [{ key: 'a' }, { key: '\0b' }, { key: 'c' }] }),
  fields(61, 'NUL in a metric', { metrics: { _os: 'Lin\0ux' } }),
  fields(61, 'NUL in the name of a metric', { metrics: { '_o\0s': 'Linux' } }),
  view(61, 'NUL in a segment value of a view', { plan: 'a\0' }),
  view(61, 'NUL in a segment name of a view', { 'a\0': 'pro' }),
  fields(61, 'NUL in a value of a crash', { crash: { ...CRASH, _custom: { order: 'o\0' } } }),
  fields(61, 'NUL in the country of a request', { country_code: 'D\0' }),
  begin(61, 'NUL in the country of a session', { country_code: '\0DE', city: 'Berlin' }),
  fields(61, 'NUL in the name of a user property', { user_details: { custom: { 'a\0': 1 } } }),
  custom(61, 'NUL in a form', (server) => {
    const events = encodeURIComponent('[{"key":"a\\u0000","count":1}]');
    return server.form('/i', `app_key=K&device_id=ann&rr=1&timestamp=${server.next()}&events=${events}`);
  }),
  event(70, 'half a pair in a segment value', { segmentation: { text: 'cut \ud83d' } }),
  event(70, 'the other half in a key', { key: '\ude00 shop' }),
  fields(70, 'half a pair in a name of a user property', { user_details: { custom: { '\udbff': 1 } } }),
  custom(70, 'half a pair in JSON text within a form', (server) => {
    const events = encodeURIComponent('[{"key":"a","count":1,"segmentation":{"x":"\\uD800y"}}]');
    return server.raw('/i', `app_key=K&device_id=ann&rr=1&timestamp=${server.next()}&events=${events}`, FORM);
  }),
];
