import { constants } from 'node:os';
import { shared } from '../shared.js';
import type { Core } from './compose.js';

/** A client as the end of the process sees it. */
export interface HookedClient {
  readonly core: Core;
  /** Told about an uncaught error. */
  fatal(error: unknown): void;
  /** What had been accepted when the end of the process last asked for a delivery. */
  triedAt?: number;
}

/** Until a signal that was sent again must have ended the process. The first process of a container ignores it. */
const SIGNAL_MS = 50;
const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * Makes the end of the process known to its clients. One listener for each kind of end, whatever the number of clients and
 * of copies of this package; installed with the first client and removed with the last. Node's own exit code, output and
 * rejection mode stay as they are.
 */
class ProcessHooks {
  readonly #clients = new Set<HookedClient>();
  /** A signal has come, and what it started is not over. */
  #leaving = false;

  add(client: HookedClient): void {
    if (this.#clients.size === 0) {
      process.on('uncaughtExceptionMonitor', this.#onFatal);
      process.on('beforeExit', this.#onBeforeExit);
      process.on('exit', this.#onExit);
    }
    this.#clients.add(client);
    if (!client.core.options.handleSignals) return;
    this.#removeSignals();
    // In front: a listener for one time only has left the list when its turn is over.
    for (const signal of SIGNALS) process.prependListener(signal, this.#onSignal);
  }

  remove(client: HookedClient): void {
    this.#clients.delete(client);
    if (![...this.#clients].some(({ core }) => core.options.handleSignals)) this.#removeSignals();
    if (this.#clients.size > 0) return;
    process.off('uncaughtExceptionMonitor', this.#onFatal);
    process.off('beforeExit', this.#onBeforeExit);
    process.off('exit', this.#onExit);
  }

  readonly #onFatal = (error: unknown): void => {
    for (const client of this.#clients) client.fatal(error);
    this.#save();
  };

  readonly #onBeforeExit = (): void => {
    // Node emits this again after every piece of work done here: only a client that has something new to send is asked.
    for (const client of this.#clients) {
      const { outbox, visitors } = client.core;
      const { pending, accepted } = outbox.stats();
      if (visitors?.isSettled === false || (pending > 0 && accepted !== client.triedAt)) void deliver(client);
    }
  };

  readonly #onExit = (): void => {
    this.#save();
    // Listeners that come after this one may still record.
    for (const { core } of this.#clients) {
      core.visitors?.stop();
      core.outbox.saveEach();
    }
  };

  readonly #onSignal = (signal: NodeJS.Signals): void => {
    // Listeners of the application decide for themselves what the signal means.
    const ours = process.listeners(signal).every((listener) => listener === this.#onSignal);
    if (this.#leaving) {
      // Whoever asks twice does not want to wait.
      if (ours) this.#end(signal);
      return;
    }
    this.#leaving = true;
    void Promise.all([...this.#clients].map(deliver)).then(() => {
      this.#leaving = false;
      if (ours) this.#end(signal);
    });
  };

  /** Ends the process as the signal would have. */
  #end(signal: NodeJS.Signals): void {
    this.#save();
    this.#removeSignals();
    process.kill(process.pid, signal);
    setTimeout(() => process.exit(128 + constants.signals[signal]), SIGNAL_MS);
  }

  #save(): void {
    for (const { core } of this.#clients) {
      core.profile.saveAll();
      core.visitors?.spill();
      core.outbox.saveSync();
    }
  }

  #removeSignals(): void {
    for (const signal of SIGNALS) process.off(signal, this.#onSignal);
  }
}

const hooks = () => shared('process-hooks.1', () => new ProcessHooks());

/** Makes the end of the process known to a client. */
export function addProcessHooks(client: HookedClient): void {
  hooks().add(client);
}

export function removeProcessHooks(client: HookedClient): void {
  hooks().remove(client);
}

async function deliver(client: HookedClient): Promise<unknown> {
  const { outbox, options, profile, visitors, flush } = client.core;
  profile.saveAll();
  const timeout = options.shutdownTimeout;
  client.triedAt = outbox.stats().accepted;
  return flush(timeout, (left, since) => {
    // Once more would take as long, and a process that has nothing else to do would never end.
    if (visitors?.isSettled === false) visitors.abandon();
    return outbox.flushAtEnd(left, since);
  });
}
