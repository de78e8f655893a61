import type { InspectorOptions } from '../options.js';
import { DatabaseError } from '../store/store.js';
import { DEFAULT_PORT } from './port.js';

/** Says what stopped the start and what to do about it. */
export function explainStartError(error: unknown, options: InspectorOptions): string {
  const { code, message } = error as { code?: string; message?: string };
  const port = options.port ?? DEFAULT_PORT;
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} and the next ones are taken. Stop what listens there, or choose another one: --port ${port + 1} (or --port 0 for any free one).`;
    case 'EACCES':
      return `port ${port} needs more rights than this process has. Choose one above 1023: --port 6010.`;
    case 'ENOTFOUND':
    case 'EADDRNOTAVAIL':
      return `host "${options.host}" is not an address of this machine. Use --host 127.0.0.1.`;
    default:
      if (error instanceof DatabaseError) return `${error.message}. Choose another file with --db.`;
      return message ?? String(error);
  }
}
