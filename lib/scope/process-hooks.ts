import type { Core } from './compose.js';

/** A client as the end of the process sees it. */
export interface HookedClient {
  readonly core: Core;
  /** Told about an uncaught error. */
  fatal(error: unknown): void;
  /** Never rejects. */
  flush(timeout: number): Promise<unknown>;
  /** What had been accepted when the end of the process last asked for a delivery. */
  triedAt?: number;
}

const clients = new Set<HookedClient>();

// One listener for the process whatever the number of clients, installed with the first and removed with the last.
const onFatal = (error: unknown): void => {
  for (const client of clients) client.fatal(error);
  onExit();
};

const onExit = (): void => {
  for (const { core } of clients) {
    core.profile.saveAll();
    core.outbox.saveSync();
  }
};

const onBeforeExit = (): void => {
  // Node emits this again after every piece of work done here: only a client that has something new to send is asked.
  for (const client of clients) {
    const { pending, accepted } = client.core.outbox.stats();
    if (pending > 0 && accepted !== client.triedAt) void deliver(client);
  }
};

const onSignal = (signal: NodeJS.Signals): void => {
  const others = process.listeners(signal).filter((listener) => listener !== onSignal);
  void Promise.all([...clients].map(deliver)).then(() => {
    // Listeners of the application decide for themselves what the signal means.
    if (others.length > 0) return;
    removeSignals();
    process.kill(process.pid, signal);
  });
};

/** Makes the end of the process known to a client. Node's own exit code, output and rejection mode stay as they are. */
export function addProcessHooks(client: HookedClient): void {
  if (clients.size === 0) {
    process.on('uncaughtExceptionMonitor', onFatal);
    process.on('beforeExit', onBeforeExit);
    process.on('exit', onExit);
  }
  clients.add(client);
  if (!client.core.options.handleSignals) return;
  removeSignals();
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

export function removeProcessHooks(client: HookedClient): void {
  clients.delete(client);
  if (![...clients].some(({ core }) => core.options.handleSignals)) removeSignals();
  if (clients.size > 0) return;
  process.off('uncaughtExceptionMonitor', onFatal);
  process.off('beforeExit', onBeforeExit);
  process.off('exit', onExit);
}

function removeSignals(): void {
  process.off('SIGTERM', onSignal);
  process.off('SIGINT', onSignal);
}

function deliver(client: HookedClient): Promise<unknown> {
  const { outbox, options } = client.core;
  client.triedAt = outbox.stats().accepted;
  return client.flush(options.shutdownTimeout);
}
