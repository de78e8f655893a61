import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import type { buildConnector as Build } from 'undici';
import { LocalFailure } from './failure-text.js';
import type { Route } from './proxy-route.js';
import { buildConnector } from './undici.js';

type Connector = Build.connector;

/** Opens sockets that never keep the process alive, and remembers them until they are closed. */
export interface QuietConnector {
  readonly connect: Connector;
  /** Closes every socket at once, also those that are still connecting. */
  destroyAll(): void;
}

export interface ConnectorOptions {
  readonly route: Route;
  /** TLS settings for the server and for an https proxy. */
  readonly tls: ConnectionOptions;
  /** Longest time until a socket is connected and secured, in milliseconds. */
  readonly timeoutMs: number;
}

/**
 * The connector behind the pool. undici references a socket as long as it carries a request; a telemetry request must
 * not hold the host's process, so these sockets cannot be referenced. Whoever wants to wait (`flush`) keeps the event
 * loop alive with a timer of their own, and unreferenced sockets go on working as long as it runs.
 */
export function quietConnector(options: ConnectorOptions): QuietConnector {
  const open = new Set<Socket>();
  const secure = buildConnector({ ...options.tls, timeout: options.timeoutMs } as Build.BuildOptions);
  const track = (socket: Socket): void => {
    if (open.has(socket)) return;
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    quieten(socket);
  };
  const inner = options.route.kind === 'tunnel' ? tunnel(options.route, options, secure, track) : secure;
  const connect: Connector = (target, callback) => {
    const socket: unknown = inner(target, (error, connected) => {
      if (error) return callback(error, null);
      track(connected);
      callback(null, connected);
    });
    if (isSocket(socket)) track(socket);
  };
  return {
    connect,
    destroyAll() {
      for (const socket of open) socket.destroy();
    },
  };
}

function quieten(socket: Socket): void {
  socket.unref();
  // While it tries several addresses, Node gives a connecting socket a new, referenced handle.
  socket.once('connect', () => socket.unref());
  socket.ref = () => socket;
}

function isSocket(value: unknown): value is Socket {
  return typeof value === 'object' && value !== null && 'unref' in value;
}

/** CONNECT through a proxy, then TLS to the server inside the tunnel. */
function tunnel(
  route: Exclude<Route, { kind: 'direct' }>,
  options: ConnectorOptions,
  secure: Connector,
  track: (socket: Socket) => void,
): Connector {
  const { proxy, authorization } = route;
  return (target, callback) => {
    const authority = target.port ? String(target.host) : `${target.host}:443`;
    const request = (proxy.protocol === 'https:' ? httpsRequest : httpRequest)(proxy, {
      ...options.tls,
      method: 'CONNECT',
      path: authority,
      agent: false,
      timeout: options.timeoutMs,
      headers: { host: authority, ...(authorization ? { 'proxy-authorization': authorization } : {}) },
    });
    request.once('socket', track);
    request.once('timeout', () => request.destroy(new LocalFailure(`no tunnel within ${options.timeoutMs} ms`)));
    request.once('error', (error) => callback(error, null));
    request.once('connect', (response, socket) => {
      const tunnelled = socket as Socket;
      if (response.statusCode !== 200) {
        tunnelled.destroy();
        return callback(new LocalFailure(`proxy answered ${response.statusCode} to CONNECT`), null);
      }
      secure({ ...target, httpSocket: tunnelled }, callback);
    });
    request.end();
  };
}
