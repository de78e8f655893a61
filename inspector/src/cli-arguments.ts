import { parseArgs } from 'node:util';
import type { InspectorOptions } from './options.js';

export const HELP = `countly-inspector: a local Countly-compatible collector

Usage: countly-inspector [options]

  --port <number>       TCP port, 0 for any free one        (default 6010)
  --host <address>      address to listen on                (default 127.0.0.1)
  --db <file>           SQLite file to keep what comes in   (default countly-inspector.db)
                        ":memory:" keeps nothing
  --base-path <path>    serve below this path, e.g. /countly
  --app-key <key>       accept this app key only            (default any)
  --salt <text>         expect checksums made with this salt
  --allow-host <name>   open the page under this name, too  (may be given again)
  --plan <file>         compare with this tracking plan     (npx countly-weave plan)
  --strict              end with 1 when anything was wrong: a request refused, an error
                        among the problems, or an event that is not as planned
  --help                show this text

Point your SDK at the printed URL and open it in a browser.
`;

export type CliArguments =
  | { kind: 'help' }
  | { kind: 'wrong'; message: string }
  | { kind: 'start'; options: InspectorOptions; strict: boolean };

const OPTIONS = {
  port: { type: 'string' },
  host: { type: 'string' },
  db: { type: 'string' },
  'base-path': { type: 'string' },
  'app-key': { type: 'string' },
  salt: { type: 'string' },
  'allow-host': { type: 'string', multiple: true },
  plan: { type: 'string' },
  strict: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Reads the command line; what is wrong with it comes back as a message for the user. */
export function readArguments(argv: readonly string[]): CliArguments {
  try {
    const { values } = parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: false });
    if (values.help === true) return { kind: 'help' };
    const options: InspectorOptions = { database: values.db ?? 'countly-inspector.db' };
    if (values.port !== undefined) {
      if (!/^\d{1,5}$/.test(values.port) || Number(values.port) > 65_535) {
        return { kind: 'wrong', message: `option "--port": expected a number from 0 to 65535, got "${values.port}"` };
      }
      options.port = Number(values.port);
    }
    if (values.host !== undefined) options.host = values.host;
    if (values['allow-host'] !== undefined) options.allowedHosts = values['allow-host'];
    if (values['base-path'] !== undefined) options.basePath = values['base-path'];
    if (values['app-key'] !== undefined) options.appKey = values['app-key'];
    if (values.salt !== undefined) options.salt = values.salt;
    if (values.plan !== undefined) options.plan = values.plan;
    return { kind: 'start', options, strict: values.strict === true };
  } catch (error) {
    return { kind: 'wrong', message: (error as Error).message };
  }
}
