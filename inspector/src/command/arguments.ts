import { parseArgs } from 'node:util';
import type { Fault } from '../faults/fault.js';
import { readFault } from '../faults/read-fault.js';
import type { InspectorOptions } from '../options.js';

export const HELP = `countly-inspector: a local Countly-compatible collector

Usage: countly-inspector [options] [-- command …]

  --port <number>       TCP port, 0 for any free one        (default 6010)
  --host <address>      address to listen on                (default 127.0.0.1)
  --db <file>           SQLite file to keep what comes in   (default :memory:, which keeps nothing)
  --base-path <path>    serve below this path, e.g. /countly
  --app-key <key>       accept this app key only            (default any)
  --salt <text>         expect checksums made with this salt
  --allow-host <name>   open the page under this name, too  (may be given again)
  --plan <file>         compare with this tracking plan     (npx countly-weave plan)
  --fail <kind>         fail from the start: 429, 503, slow, hang, cut, refuse, html, checksum
                        (may be given again; switch it off on the page)
  --open                open the page in a browser
  --strict              end with 1 when anything was wrong: a request refused, an error
                        among the problems, or an event that is not as planned
  --version             show the version
  --help                show this text

What stands behind "--" is started with COUNTLY_URL and COUNTLY_APP_KEY set, gets the signals, and ends
the inspector with its own exit code:

  countly-inspector -- npm run start:dev

Without it, point your SDK at the printed URL and open it in a browser. Is the port taken by an inspector,
that one is used; by something else, the next free port.
`;

/** A command line that was understood. */
export interface StartArguments {
  readonly options: InspectorOptions;
  readonly strict: boolean;
  readonly open: boolean;
  readonly faults: readonly Fault[];
  /** What is started beside; empty for nothing. */
  readonly command: readonly string[];
  /** Something is asked of the inspector that one which runs already may not be. */
  readonly isOwn: boolean;
}

export type CliArguments =
  | { kind: 'help' | 'version' }
  | { kind: 'wrong'; message: string }
  | ({ kind: 'start' } & StartArguments);

const OPTIONS = {
  port: { type: 'string' },
  host: { type: 'string' },
  db: { type: 'string' },
  'base-path': { type: 'string' },
  'app-key': { type: 'string' },
  salt: { type: 'string' },
  'allow-host': { type: 'string', multiple: true },
  plan: { type: 'string' },
  fail: { type: 'string', multiple: true },
  open: { type: 'boolean' },
  strict: { type: 'boolean' },
  version: { type: 'boolean', short: 'v' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** What does not make an inspector another one than that which runs already. */
const SHARED = new Set(['port', 'host', 'open']);

/** Reads the command line; what is wrong with it comes back as a message for the user. */
export function readArguments(argv: readonly string[]): CliArguments {
  const end = argv.indexOf('--');
  const own = end < 0 ? argv : argv.slice(0, end);
  try {
    const { values } = parseArgs({ args: [...own], options: OPTIONS, allowPositionals: false });
    if (values.help === true) return { kind: 'help' };
    if (values.version === true) return { kind: 'version' };
    const command = end < 0 ? [] : argv.slice(end + 1);
    if (end >= 0 && command.length === 0) {
      return { kind: 'wrong', message: 'expected a command behind "--", got nothing' };
    }
    const options: InspectorOptions = {};
    if (values.port !== undefined) {
      if (!/^\d{1,5}$/.test(values.port) || Number(values.port) > 65_535) {
        return { kind: 'wrong', message: `option "--port": expected a number from 0 to 65535, got "${values.port}"` };
      }
      options.port = Number(values.port);
    }
    if (values.db !== undefined) options.database = values.db;
    if (values.host !== undefined) options.host = values.host;
    if (values['allow-host'] !== undefined) options.allowedHosts = values['allow-host'];
    if (values['base-path'] !== undefined) options.basePath = values['base-path'];
    if (values['app-key'] !== undefined) options.appKey = values['app-key'];
    if (values.salt !== undefined) options.salt = values.salt;
    if (values.plan !== undefined) options.plan = values.plan;
    return {
      kind: 'start',
      options,
      strict: values.strict === true,
      open: values.open === true,
      faults: (values.fail ?? []).map((kind) => readFault({ kind })),
      command,
      isOwn: Object.keys(values).some((name) => !SHARED.has(name)),
    };
  } catch (error) {
    return { kind: 'wrong', message: (error as Error).message };
  }
}
