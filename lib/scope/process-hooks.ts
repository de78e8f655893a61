import type { Core } from './compose.js';

/** What the hooks need of a client. */
export interface HookedClient {
  readonly handleSignals: boolean;
  /** Records a fatal error of the process, if the client is to. */
  fatal(error: unknown): void;
  /** Writes what is in memory to disk, now. */
  saveSync(): void;
  hasPending(): boolean;
  /** Delivers within the client's shutdown timeout. */
  deliver(): Promise<unknown>;
}

const clients = new Set<HookedClient>();
let signalsInstalled = false;

// One listener for the process whatever the number of clients, installed with the first and removed with the last.
const onFatal = (error: unknown): void => {
  for (const client of clients) client.fatal(error);
  onExit();
};

const onExit = (): void => {
  for (const client of clients) client.saveSync();
};

const onBeforeExit = (): void => {
  // Node emits this again after every piece of work done here: only a client that has something new to send is asked.
  for (const client of clients) if (client.hasPending()) void client.deliver();
};

const onSignal = (signal: NodeJS.Signals): void => {
  const others = process.listeners(signal).filter((listener) => listener !== onSignal);
  void Promise.all([...clients].map((client) => client.deliver())).then(() => {
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
  if (client.handleSignals && !signalsInstalled) {
    signalsInstalled = true;
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
  }
}

export function removeProcessHooks(client: HookedClient): void {
  clients.delete(client);
  if (![...clients].some((other) => other.handleSignals)) removeSignals();
  if (clients.size > 0) return;
  process.off('uncaughtExceptionMonitor', onFatal);
  process.off('beforeExit', onBeforeExit);
  process.off('exit', onExit);
}

function removeSignals(): void {
  signalsInstalled = false;
  process.off('SIGTERM', onSignal);
  process.off('SIGINT', onSignal);
}

/** What the end of the process asks of a client. */
export function hookedClient(
  { outbox, options, profile }: Core,
  calls: {
    /** Told about an uncaught error. */
    readonly fatal: (error: unknown) => void;
    readonly flush: (timeout: number) => Promise<unknown>;
  },
): HookedClient {
  let triedAt = -1;
  return {
    handleSignals: options.handleSignals,
    fatal: calls.fatal,
    saveSync: () => {
      profile.saveAll();
      outbox.saveSync();
    },
    hasPending: () => {
      const { accepted, pending } = outbox.stats();
      return pending > 0 && accepted !== triedAt;
    },
    deliver: () => {
      triedAt = outbox.stats().accepted;
      return calls.flush(options.shutdownTimeout);
    },
  };
}
