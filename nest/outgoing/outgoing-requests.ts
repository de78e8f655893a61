import { shownError } from '../../lib/internal.js';
import type { ScopeDeps } from '../scope/scope-deps.js';
import { CarrierSender } from './carrier-sender.js';
import { type HttpListener, listenToHttp } from './http-channels.js';
import { OutgoingTraces } from './outgoing-traces.js';

/** Hosts that the clients of this process deliver to, and how many clients do. */
const deliveryHosts = new Map<string, number>();

/** What an application does with the requests it sends: traces, and carriers for the hosts it trusts. */
export class OutgoingRequests {
  readonly #listeners: readonly HttpListener[];
  readonly #deps: ScopeDeps;
  #stop: (() => void) | undefined;

  constructor(deps: ScopeDeps) {
    const { client, carriers, settings } = deps;
    this.#deps = deps;
    this.#listeners = [
      ...(settings.outgoing === undefined
        ? []
        : [new OutgoingTraces(settings.outgoing, deps, (host) => deliveryHosts.has(host))]),
      ...(carriers === undefined || carriers.hosts.length === 0 ? [] : [new CarrierSender(carriers, client)]),
    ];
  }

  start(): void {
    if (this.#stop !== undefined) return;
    const { warnings, settings } = this.#deps;
    const failed = (error: unknown) =>
      warnings.once('outgoing', `An outgoing request could not be observed: ${shownError(error)}`);
    const host = hostOf(settings.url);
    const ends = this.#listeners.map((listener) => listenToHttp(listener, failed));
    if (host !== undefined) deliveryHosts.set(host, (deliveryHosts.get(host) ?? 0) + 1);
    this.#stop = () => {
      for (const end of ends) end();
      if (host === undefined) return;
      const others = (deliveryHosts.get(host) ?? 1) - 1;
      if (others === 0) deliveryHosts.delete(host);
      else deliveryHosts.set(host, others);
    };
  }

  stop(): void {
    this.#stop?.();
    this.#stop = undefined;
  }
}

function hostOf(url: string | undefined): string | undefined {
  return url !== undefined && URL.canParse(url) ? new URL(url).host : undefined;
}
