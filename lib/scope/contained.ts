import type { Core } from './compose.js';

/**
 * Runs a call of the public interface. Whatever a caller passes – getters that throw, proxies that refuse, numbers that
 * are none – stays with us: the entry is counted as invalid and the host goes on.
 */
export function contained<T>(core: Core, call: string, otherwise: T, work: () => T): T {
  try {
    return work();
  } catch (error) {
    failed(core, call, error);
    return otherwise;
  }
}

/** The same for a call that asks the server. */
export async function containedAsync<T>(
  core: Core,
  call: string,
  work: () => Promise<T>,
): Promise<T | { readonly ok: false; readonly reason: string }> {
  try {
    return await work();
  } catch (error) {
    failed(core, call, error);
    return { ok: false, reason: 'what was passed cannot be read' };
  }
}

/** For calls that are made so often that a closure each would show: they catch by themselves. */
export function failed(core: Core, call: string, error: unknown): void {
  // The message may hold the caller's data; the type is enough to find the place.
  core.reporter.warn(`failed:${call}`, `${call}: what was passed cannot be read (${nameOf(error)}); it is dropped.`);
  core.port.refuse('invalid');
}

function nameOf(error: unknown): string {
  try {
    return error instanceof Error ? error.name : typeof error;
  } catch {
    return 'an error';
  }
}
