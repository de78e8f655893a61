import { expect, test } from 'vitest';
import { parseEndpoint, requestTarget } from '../../lib/http/endpoint.js';

test.each<[string, string, string, string, number]>([
  ['http://c.example', 'http://c.example', 'c.example', '/i?a=1', 80],
  ['https://c.example', 'https://c.example', 'c.example', '/i?a=1', 443],
  ['https://c.example/', 'https://c.example', 'c.example', '/i?a=1', 443],
  ['https://C.Example:443/', 'https://c.example', 'c.example', '/i?a=1', 443],
  ['https://c.example:8443/countly', 'https://c.example:8443', 'c.example:8443', '/countly/i?a=1', 8443],
  ['https://c.example/a/b//', 'https://c.example', 'c.example', '/a/b/i?a=1', 443],
  ['https://c.example/countly?x=1#y', 'https://c.example', 'c.example', '/countly/i?a=1', 443],
  ['http://[::1]', 'http://[::1]', '[::1]', '/i?a=1', 80],
  ['http://[::1]:8080/countly/', 'http://[::1]:8080', '[::1]:8080', '/countly/i?a=1', 8080],
  ['http://me:pw@c.example:81/x', 'http://c.example:81', 'c.example:81', '/x/i?a=1', 81],
  [
    'https://bücher.example/straße',
    'https://xn--bcher-kva.example',
    'xn--bcher-kva.example',
    '/stra%C3%9Fe/i?a=1',
    443,
  ],
])('%s', (address, origin, host, target, port) => {
  const endpoint = parseEndpoint(address);
  expect(endpoint).toMatchObject({ origin, host, port, secure: origin.startsWith('https') });
  expect(requestTarget(endpoint, { path: '/i', query: 'a=1' })).toBe(target);
  expect(requestTarget(endpoint, { path: '/i', query: '' })).toBe(target.replace('?a=1', ''));
});
