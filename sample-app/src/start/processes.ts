import type { WriteStream } from 'node:fs';
import { join } from 'node:path';
import { Child } from './child.js';
import type { StartSettings } from './settings.js';

export interface ProcessOptions {
  readonly settings: StartSettings;
  readonly env: NodeJS.ProcessEnv;
  /** For everything that belongs to this start only. */
  readonly folder: string;
  readonly log: WriteStream;
  /** Tells the person at the terminal. */
  readonly say: (text: string) => void;
}

export function startInspector({ settings, env, folder, log }: ProcessOptions): Child {
  const database = join(folder, 'inspector.db');
  return new Child({
    name: 'inspector',
    script: 'inspector-process.js',
    env: { ...env, INSPECTOR_PORT: `${settings.inspectorPort}`, INSPECTOR_DATABASE: database },
    log,
    onLine: () => undefined,
  });
}

export function startShop({ settings, env, folder, log, say }: ProcessOptions, inspectorUrl?: string): Child {
  return new Child({
    name: 'shop',
    script: '../main.js',
    env: { ...env, PORT: `${settings.shopPort}`, ...countlyEnv(settings, folder, inspectorUrl) },
    log,
    // The rest, such as the stack traces of what fails on purpose, is in the log.
    onLine: (line) => {
      const message = /(?:WARN|ERROR) \[Countly\] .*|\[Telemetry\] .*/.exec(line)?.[0];
      if (message !== undefined) say(`shop: ${message}`);
    },
  });
}

/** Where the shop reports to. A server of yours is in the environment already. */
function countlyEnv({ hasOwnServer }: StartSettings, folder: string, inspectorUrl?: string): NodeJS.ProcessEnv {
  if (hasOwnServer) return {};
  if (inspectorUrl === undefined) return { COUNTLY_DISABLED: 'true' };
  // Nothing of an earlier start is to arrive at this start's empty inspector.
  return { COUNTLY_URL: inspectorUrl, COUNTLY_APP_KEY: 'sample-shop', COUNTLY_STORAGE_PATH: join(folder, 'journal') };
}
