import { hashHex } from '../../src/protocol/checksum.js';
import { type Case, custom, fields } from './cases.js';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const SALT = 's3cr3t';

export const REQUEST_CASES: readonly Case[] = [
  custom(23, 'a bulk entry without device id', (server) => {
    const { device_id: _id, ...entry } = server.common();
    return server.json('/i/bulk', { requests: [entry] });
  }),
  custom(23, 'a bulk entry without app key', (server) => {
    const { app_key: _key, ...entry } = server.common();
    return server.json('/i/bulk', { requests: [entry] });
  }),
  custom(23, 'null in a bulk', (server) => server.json('/i/bulk', { requests: [null] })),
  custom(24, 'a bulk to an app with a salt', (server) => {
    server.inspector.configure({ salt: SALT });
    return server.json('/i/bulk', { requests: [server.common()] });
  }),
  custom(25, 'no checksum', (server) => {
    server.inspector.configure({ salt: SALT });
    return server.send({});
  }),
  custom(25, 'a wrong checksum', (server) => {
    server.inspector.configure({ salt: SALT });
    return server.send({ checksum256: 'f'.repeat(64) });
  }),
  custom(26, 'a checksum over the decoded text', (server) => {
    server.inspector.configure({ salt: SALT });
    const data = `app_key=K&device_id=ann%20b&timestamp=${server.next()}`;
    return server.form('/i', `${data}&checksum256=${hashHex('checksum256', decodeURIComponent(data) + SALT)}`);
  }),
  custom(26, 'rr added after the checksum', (server) => {
    server.inspector.configure({ salt: SALT });
    const data = `app_key=K&device_id=ann&timestamp=${server.next()}`;
    return server.form('/i', `${data}&rr=2&checksum256=${hashHex('checksum256', data + SALT)}`);
  }),
  custom(26, 'a checksum without the salt', (server) => {
    server.inspector.configure({ salt: SALT });
    const data = `app_key=K&device_id=ann&timestamp=${server.next()}`;
    return server.form('/i', `${data}&checksum256=${hashHex('checksum256', data)}`);
  }),
  custom(27, 'a body of plain text', (server) => server.raw('/i', 'app_key=K', { 'content-type': 'text/plain' })),
  custom(27, 'a compressed body', (server) => server.raw('/i', 'x', { ...FORM, 'content-encoding': 'gzip' })),
  custom(28, '1001 form fields', (server) => {
    const extra = Array.from({ length: 998 }, (_, n) => `f${n}=1`).join('&');
    return server.form('/i', `app_key=K&device_id=ann&timestamp=${server.next()}&${extra}`);
  }),
  custom(29, 'a parameter in query and body', (server) => server.json('/i?device_id=bob', server.common())),
  fields(30, 'a parameter called app_id', { app_id: '5f0c1f9a2b3c4d5e6f708192' }),
  fields(30, 'a parameter called callback', { callback: 'cb' }),
  fields(30, 'a parameter called method', { method: 'rc' }),
  custom(30, 'a reserved parameter in a bulk', (server) =>
    server.json('/i/bulk', { requests: [{ ...server.common(), no_meta: 1 }] }),
  ),
  custom(57, 'keys of remote config as an array', (server) =>
    server.json('/o/sdk?method=rc', { ...server.common(), keys: ['color'] }),
  ),
  custom(58, 'a request to a paused app', (server) => {
    server.inspector.configure({ paused: true });
    return server.send({});
  }),
  custom(59, 'raw characters in a form', (server) =>
    server.raw('/i', `app_key=K&device_id=jürgen&timestamp=${server.next()}`, FORM),
  ),
];
