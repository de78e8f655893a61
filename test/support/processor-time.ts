/** Milliseconds that a piece of work keeps a processor busy: a limit of it holds on a busy machine, too. */
export async function processorMs(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
