import { type ContextScope, contextScope, shownError } from '../../lib/internal.js';
import { answerAtOnce } from '../identity/answer-at-once.js';
import type { ScopeDeps } from '../scope/scope-deps.js';
import { matchesHost } from './hosts.js';
import type { HttpListener } from './http-channels.js';
import type { OutgoingRequest, OutgoingTraceOptions } from './outgoing.options.js';
import { outgoingName } from './outgoing-name.js';

/** More names than that are paths with something in them that should not be a name. */
const MAX_NAMES = 500;

interface Running {
  readonly scope: ContextScope;
  readonly name: string;
  readonly startedAt: number;
  readonly start: number;
  readonly sent: number;
  status: number;
  received: number;
}

/**
 * Reports the requests that code in a scope sends, under that scope. The time is that until the whole answer was read; a
 * request that failed has the status 0. Requests that run outside of every scope belong to nobody of this application.
 */
export class OutgoingTraces implements HttpListener {
  readonly #options: OutgoingTraceOptions;
  readonly #deps: Pick<ScopeDeps, 'client' | 'warnings'>;
  readonly #isOwn: (host: string) => boolean;
  readonly #running = new WeakMap<object, Running>();
  readonly #names = new Set<string>();

  /** @param isOwn - true for hosts that this process delivers telemetry to */
  constructor(
    options: OutgoingTraceOptions,
    deps: Pick<ScopeDeps, 'client' | 'warnings'>,
    isOwn: (host: string) => boolean,
  ) {
    this.#options = options;
    this.#deps = deps;
    this.#isOwn = isOwn;
  }

  started(key: object, request: OutgoingRequest, sent: number): void {
    const scope = contextScope();
    if (scope?.client !== this.#deps.client || request.method === 'CONNECT') return;
    const { sample, ignoreHosts = [] } = this.#options;
    if (this.#isOwn(request.host) || matchesHost(request.host, ignoreHosts)) return;
    if (sample !== undefined && Math.random() >= sample) return;
    const name = this.#nameOf(request);
    if (name === undefined) return;
    const [startedAt, start] = [Date.now(), performance.now()];
    this.#running.set(key, { scope, name, startedAt, start, sent, status: 0, received: 0 });
  }

  answered(key: object, status: number, received: number): void {
    const running = this.#running.get(key);
    if (running === undefined) return;
    running.status = status;
    running.received = received;
  }

  ended(key: object): void {
    const running = this.#running.get(key);
    if (running === undefined) return;
    this.#running.delete(key);
    running.scope.reportTrace({
      type: 'network',
      name: running.name,
      startedAt: running.startedAt,
      responseTimeMs: performance.now() - running.start,
      responseCode: running.status,
      requestPayloadSize: running.sent,
      responsePayloadSize: running.received,
    });
  }

  #nameOf(request: OutgoingRequest): string | undefined {
    const name = this.#ownName(request);
    if (name === undefined || this.#names.has(name)) return name;
    if (this.#names.size >= MAX_NAMES) {
      this.#deps.warnings.once(
        'traces.outgoing',
        `Outgoing requests have more than ${MAX_NAMES} names; further ones are reported without their path. Give names without ids with traces.outgoing.name.`,
      );
      return `${request.method} ${request.host} (other)`;
    }
    this.#names.add(name);
    return name;
  }

  #ownName(request: OutgoingRequest): string | undefined {
    const { name } = this.#options;
    if (name === undefined) return outgoingName(request);
    try {
      return answerAtOnce(name(request));
    } catch (error) {
      this.#deps.warnings.once('traces.outgoing.name', `The option traces.outgoing.name failed: ${shownError(error)}`);
      return outgoingName(request);
    }
  }
}
