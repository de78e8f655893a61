/** A turn of the event loop: everything that was due has run. */
export const macrotask = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Runs `work` with the process's own listeners aside, and gives the reasons of rejections that nobody handled. */
export async function collectUnhandled(work: () => void | Promise<void>): Promise<unknown[]> {
  const event = 'unhandledRejection';
  const others = process.listeners(event);
  const seen: unknown[] = [];
  const listen = (reason: unknown): void => {
    seen.push(reason);
  };
  process.removeAllListeners(event);
  process.on(event, listen);
  try {
    await work();
    // Node tells of them after the microtasks of the turn in which they were left alone.
    for (let turn = 0; turn < 3; turn++) await macrotask();
  } finally {
    process.removeListener(event, listen);
    for (const other of others) process.on(event, other);
  }
  return seen;
}
