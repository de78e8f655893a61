import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An empty folder that is removed again. */
export async function makeFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'countly-e2e-'));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/** A port on which something that is neither a shop nor an inspector listens until `free`. */
export async function takePort(): Promise<{ port: number; free: () => Promise<void> }> {
  const server: Server = createServer((_request, response) => response.end('not yours'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    free: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** An address where nobody listens. */
export async function deadUrl(): Promise<string> {
  const { port, free } = await takePort();
  await free();
  return `http://127.0.0.1:${port}`;
}
