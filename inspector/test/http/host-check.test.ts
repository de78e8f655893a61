import { request } from 'node:http';
import { networkInterfaces } from 'node:os';
import { describe, expect, it } from 'vitest';
import { isOwnHost } from '../../src/http/host-check.js';
import { InspectorOptionError, startInspector } from '../../src/index.js';
import { useInspector } from '../support/use-inspector.js';

interface Asked {
  status: number;
  body: string;
  headers: Record<string, unknown>;
}

/** `fetch` does not let anybody choose the `Host`. */
function ask(port: number, path: string, host: string, method = 'GET'): Promise<Asked> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers: { host } }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body, headers: response.headers }));
    });
    sent.once('error', reject);
    sent.end();
  });
}

describe('a request under the name of another page', () => {
  const server = useInspector();

  it.each([
    'evil.example',
    'evil.example:6010',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    '203.0.113.5',
    '0.0.0.0',
  ])('reads nothing: %s', async (host) => {
    await server.events({ key: 'secret' });
    for (const path of ['/', '/app.js', '/api/events', '/api/stream', '/api/devices/ann', '/api/export/events']) {
      const { status, body } = await ask(server.inspector.port, path, host);
      expect(status).toBe(403);
      expect(body).not.toContain('secret');
      expect(JSON.parse(body)).toEqual({ error: expect.stringContaining(`host "${host}"`) });
    }
  });

  it.each([
    ['POST', '/api/reset'],
    ['POST', '/api/faults'],
    ['DELETE', '/api/faults'],
    ['POST', '/api/settings'],
    ['POST', '/inspector/client'],
  ])('changes nothing: %s %s', async (method, path) => {
    await server.events({ key: 'a' });
    expect((await ask(server.inspector.port, path, 'evil.example', method)).status).toBe(403);
    expect(server.query('SELECT key FROM events')).toEqual([{ key: 'a' }]);
  });

  it('is taken in as by a real server, which any page may send to', async () => {
    const path = '/i?app_key=K&device_id=ann&timestamp=1700000000000';
    expect((await ask(server.inspector.port, path, 'evil.example')).status).toBe(200);
  });

  it.each(['127.0.0.1', 'localhost', 'LOCALHOST:80', 'shop.localhost', '127.8.9.1:6010', '[::1]:6010'])(
    'reads when the name is one of this machine: %s',
    async (host) => {
      expect((await ask(server.inspector.port, '/api/summary', host)).status).toBe(200);
    },
  );
});

describe('names beside those of the loopback', () => {
  const rule = (host: string, ...allowedHosts: string[]) => ({ host, allowedHosts });

  it.each([
    ['inspector.lan:6010', rule('inspector.lan'), true],
    ['192.168.1.5', rule('192.168.1.5'), true],
    ['192.168.1.6', rule('192.168.1.5'), false],
    ['192.168.1.5:80', rule('0.0.0.0'), true],
    ['[fe80::1]', rule('::'), true],
    ['evil.example', rule('0.0.0.0'), false],
    ['inspector:6010', rule('0.0.0.0', 'inspector'), true],
    ['Inspector', rule('127.0.0.1', 'inspector'), true],
    ['not-inspector', rule('127.0.0.1', 'inspector'), false],
    [undefined, rule('127.0.0.1'), false],
    ['', rule('127.0.0.1'), false],
    ['evil.example@127.0.0.1', rule('127.0.0.1'), false],
    ['127.0.0.1/evil', rule('127.0.0.1'), false],
  ])('%s for %o is %s', (header, given, expected) => {
    expect(isOwnHost(header, given)).toBe(expected);
  });

  it('are allowed by an option', async () => {
    await using inspector = await startInspector({ port: 0, allowedHosts: ['inspector'] });
    expect((await ask(inspector.port, '/api/summary', 'inspector:6010')).status).toBe(200);
    expect((await ask(inspector.port, '/api/summary', 'other:6010')).status).toBe(403);
  });

  it.each([['inspector'], [['http://inspector']], [['a/b']], [[7]], [['']]])(
    'must be host names: %j',
    async (value) => {
      await expect(startInspector({ port: 0, allowedHosts: value as never })).rejects.toThrow(InspectorOptionError);
      await expect(startInspector({ port: 0, allowedHosts: value as never })).rejects.toThrow(
        `option "allowedHosts": expected a list of host names without scheme and port, got ${JSON.stringify(value)}`,
      );
    },
  );

  it('and addresses of the machine are served when it listens everywhere', async () => {
    await using inspector = await startInspector({ port: 0, host: '0.0.0.0' });
    const address = Object.values(networkInterfaces())
      .flat()
      .find((one) => one?.family === 'IPv4')?.address;
    expect((await ask(inspector.port, '/api/summary', `${address}:${inspector.port}`)).status).toBe(200);
    expect((await ask(inspector.port, '/api/summary', 'evil.example')).status).toBe(403);
  });
});

describe('every answer', () => {
  const server = useInspector();

  it.each(['/', '/api/summary', '/api/nothing', '/o/ping', '/i', '/no/such'])(
    'says that %s is what it says',
    async (path) => {
      const { headers } = await ask(server.inspector.port, path, '127.0.0.1');
      expect(headers['x-content-type-options']).toBe('nosniff');
    },
  );

  it('of the stream does, too', async () => {
    const abort = new AbortController();
    const response = await fetch(`${server.url}/api/stream`, { signal: abort.signal });
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    abort.abort();
  });

  it('to a foreign page asking whether it may change something is no', async () => {
    const response = await fetch(`${server.url}/api/reset`, {
      method: 'OPTIONS',
      headers: { origin: 'http://evil.example' },
    });
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });
});
