import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SettingsFile } from '../features/server-config.js';

/** Keeps the server's last good settings next to the device id. */
export function settingsFile(folder: string | undefined): SettingsFile {
  if (folder === undefined) return { read: () => undefined, write: () => {} };
  const path = join(folder, 'server-settings.json');
  return {
    read() {
      try {
        return readFileSync(path, 'utf8');
      } catch {
        return undefined;
      }
    },
    write(text) {
      const draft = `${path}.${process.pid}`;
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        writeFileSync(draft, text, { mode: 0o600 });
        renameSync(draft, path);
      } catch {
        // Without a file the next start asks the server.
      }
    },
  };
}
