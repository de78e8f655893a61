import type { Agent, AgentOptions, ClientRequestArgs } from 'node:http';
import type { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { clearTimeout, setTimeout } from '../clock.js';
import type { Endpoint, Route } from './endpoint.js';
import { LocalFailure } from './exchange.js';

/** A Countly server closes idle connections after 5 s (docs/protocol.md §15.8); ours go before that. */
const IDLE_MS = 4000;
/** For whoever watches the requests of this process: what goes through an agent with this symbol is a delivery. */
const DELIVERIES = Symbol.for('countly-weave.deliveries');

/** Kept-alive connections to the server that never keep the process alive, used or idle. */
export class Connections {
  /** What a request needs to be sent over these connections. */
  readonly target: Pick<ClientRequestArgs, 'agent' | 'protocol' | 'host' | 'port'>;
  readonly #open = new Set<Socket>();

  /** @param timeoutMs until a connection stands, TLS included */
  constructor(
    endpoint: Endpoint,
    route: Route,
    private readonly tls: ConnectionOptions,
    private readonly timeoutMs: number,
  ) {
    const hop = route.kind === 'forward' ? route.proxy : endpoint;
    const agent = this.#agent(hop, { keepAlive: true, timeout: IDLE_MS });
    if (route.kind === 'tunnel') this.#tunnel(agent, endpoint, route);
    this.target = { agent, ...address(hop) };
  }

  /** Closes every connection at once, also those under construction. */
  destroy(): void {
    for (const socket of this.#open) socket.destroy();
  }

  /** Node's own agent, `node:https` loaded only where it is needed. */
  #agent({ secure, hostname }: Endpoint, options: AgentOptions): Agent {
    const { Agent: SomeAgent } = process.getBuiltinModule(secure ? 'node:https' : 'node:http');
    // Not derived from the `host` header, as Node does: a proxy has another name.
    const servername = /^\[|^[\d.]+$/.test(hostname) ? '' : hostname;
    const agent: Agent = new SomeAgent({ ...options, servername, ...this.tls });
    const connect = agent.createConnection.bind(agent);
    agent.createConnection = (target) => {
      const socket = connect(target) as Socket;
      this.#open.add(socket);
      socket.once('close', () => this.#open.delete(socket));
      socket.unref();
      // While it tries several addresses, Node gives a connecting socket a new, referenced handle.
      socket.once('connect', () => socket.unref());
      this.#limit(socket, secure ? 'secureConnect' : 'connect');
      return socket;
    };
    const reuse = agent.reuseSocket.bind(agent);
    agent.reuseSocket = (socket, request) => {
      reuse(socket, request);
      (socket as Socket).unref();
    };
    return Object.assign(agent, { [DELIVERIES]: true });
  }

  /** Lets an agent connect inside a tunnel, which a proxy opens with CONNECT. */
  #tunnel(agent: Agent, endpoint: Endpoint, { proxy }: Exclude<Route, { kind: 'direct' }>): void {
    const authority = `${endpoint.hostname}:${endpoint.port}`;
    const headers = { host: authority, ...proxyHeaders(proxy) };
    const toProxy = { ...address(proxy), agent: this.#agent(proxy, {}) };
    const connect = agent.createConnection;
    agent.createConnection = (target, done) => {
      const { ClientRequest } = process.getBuiltinModule('node:http');
      const failed = (error: Error): void => done?.(error, undefined as never);
      const request = new ClientRequest({ ...toProxy, method: 'CONNECT', path: authority, headers });
      request.once('socket', (socket) => this.#limit(socket, 'agentRemove'));
      request.on('error', failed);
      request.once('connect', ({ statusCode }, socket) => {
        if (statusCode === 200) return done?.(null, connect({ ...target, socket } as ClientRequestArgs) as Socket);
        socket.destroy();
        failed(new LocalFailure(`proxy answered ${statusCode} to CONNECT`));
      });
      request.end();
      return undefined;
    };
  }

  /** Gives a connection up that takes too long until this event. */
  #limit(socket: Socket, event: string): void {
    const late = (): unknown => socket.destroy(new LocalFailure(`no connection within ${this.timeoutMs} ms`));
    const timer = setTimeout(late, this.timeoutMs).unref();
    const end = (): void => clearTimeout(timer);
    socket.once(event, end).once('close', end);
  }
}

/** What a proxy needs to let us through. */
export function proxyHeaders({ authorization }: Endpoint): Record<string, string> {
  return authorization === undefined ? {} : { 'proxy-authorization': authorization };
}

function address({ secure, hostname, port }: Endpoint): { protocol: string; host: string; port: number } {
  return { protocol: secure ? 'https:' : 'http:', host: hostname.replace(/^\[|\]$/g, ''), port };
}
