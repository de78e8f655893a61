import { type Inspector, startInspector } from '../inspector.js';
import type { InspectorOptions } from '../options.js';

export const DEFAULT_PORT = 6010;
/** Ports that are tried when one is taken. */
const TRIED = 20;
const PATIENCE_MS = 1000;

/** The address of the inspector that listens there, if it is one that this one could stand for. */
export async function inspectorAt({
  host = '127.0.0.1',
  port = DEFAULT_PORT,
}: InspectorOptions): Promise<string | undefined> {
  if (port === 0) return undefined;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  try {
    const response = await fetch(`${url}/api/faults`, { signal: AbortSignal.timeout(PATIENCE_MS), redirect: 'manual' });
    return response.headers.has('x-countly-inspector') && response.status === 200 ? url : undefined;
  } catch {
    return undefined;
  }
}

/** Starts on this port, else on the next that is free. @throws what starting throws, when none is */
export async function startOnFreePort(options: InspectorOptions): Promise<Inspector> {
  const first = options.port ?? DEFAULT_PORT;
  for (let port = first; ; port += 1) {
    try {
      return await startInspector({ ...options, port });
    } catch (error) {
      const isTaken = (error as { code?: string }).code === 'EADDRINUSE';
      if (!isTaken || port >= Math.min(first + TRIED, 65_535)) throw error;
    }
  }
}
