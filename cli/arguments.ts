import { parseArgs } from 'node:util';

export const HELP = `countly-weave: the tracking plan of an application, and its fleet

Usage: countly-weave plan --load <file> [options]
       countly-weave plan --diff <old plan> <new plan>
       countly-weave plan --schema

  --load <file>      compiled module to read, CommonJS or ES module, e.g. dist/app.module.js
                     (may be given again). It is loaded, nothing of it is started, and no
                     connection can be opened
  --out <file>       write the plan there; a name that ends in .md gets Markdown
                     (may be given again; default tracking-plan.json and tracking-plan.md)
  --format <name>    print the plan instead: json, markdown or github (annotations of a
                     workflow); with --check and --diff the form of the differences
  --check <file>     compare with a plan that was accepted; removed, renamed and retyped
                     entries fail with exit code 1
  --timeout <s>      seconds that loading may take (default 60)
  --diff             compare two plans without loading anything
  --schema           print the JSON Schema of a plan
  --help             show this text
  --version          show the version

       countly-weave relay --redis <url> --url <url> --app-key <key> [options]
       countly-weave fleet status --redis <url> --url <url> --app-key <key> [--format json]

  --redis <url>      address of Redis (default REDIS_URL); needs the package ioredis
  --url, --app-key   the Countly server and the app (default COUNTLY_URL, COUNTLY_APP_KEY)
  --salt <text>      salt of the app (default COUNTLY_SALT)
  --prefix <text>    the fleet's, when it is not made of url and app key; status needs only it
  --lanes <number>   lanes of a fleet that is not there yet (default 16)
  --port <number>    where the relay answers /health and /metrics (default 9464)
  --host <address>   and on which address (default 127.0.0.1)
  --storage <folder> where the relay keeps what the server refuses (default: nowhere)
  --format json      print the status as JSON
`;

export type Format = 'json' | 'markdown' | 'github';

/** What is to be loaded. */
interface Loading {
  readonly load: readonly string[];
  /** Seconds that it may take. */
  readonly timeout: number;
}

/** What the command is to do. */
export type PlanTask =
  | { readonly kind: 'schema' }
  | { readonly kind: 'diff'; readonly before: string; readonly after: string; readonly format: Format | undefined }
  | (Loading & { readonly kind: 'check'; readonly accepted: string; readonly format: Format | undefined })
  | (Loading & { readonly kind: 'write'; readonly out: readonly string[] })
  | (Loading & { readonly kind: 'print'; readonly format: Format });

export type Arguments =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'wrong'; readonly message: string }
  | { readonly kind: 'plan'; readonly task: PlanTask };

const TIMEOUT = '60';
/** A day. */
const LONGEST = 86_400;

const OPTIONS = {
  load: { type: 'string', multiple: true },
  out: { type: 'string', multiple: true },
  format: { type: 'string' },
  check: { type: 'string' },
  timeout: { type: 'string' },
  diff: { type: 'boolean' },
  schema: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const;

/** Reads the command line; what is wrong with it comes back as a message. */
export function readArguments(argv: readonly string[]): Arguments {
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
    if (values.help === true || argv.length === 0) return { kind: 'help' };
    if (values.version === true) return { kind: 'version' };
    const [command, ...files] = positionals;
    if (command !== 'plan') return wrong('command', '"plan", "relay" or "fleet"', command);
    const { format, load = [], out = [], check, timeout: given = TIMEOUT } = values;
    if (format !== undefined && !isFormat(format))
      return wrong('option "--format"', 'json, markdown or github', format);
    if (values.schema === true) return { kind: 'plan', task: { kind: 'schema' } };
    if (values.diff === true) {
      const [before, after, ...others] = files;
      if (before === undefined || after === undefined || others.length > 0) {
        return wrong('option "--diff"', 'two plans after it', `${files.length}`);
      }
      return { kind: 'plan', task: { kind: 'diff', before, after, format } };
    }
    if (files.length > 0) return wrong('arguments', 'none beside the options', files[0]);
    if (load.length === 0) return wrong('option "--load"', 'a compiled module such as dist/app.module.js', undefined);
    const timeout = Number(given);
    if (!(timeout > 0 && timeout <= LONGEST)) return wrong('option "--timeout"', 'seconds', given);
    if (check !== undefined) {
      if (out.length > 0) return wrong('option "--out"', 'none beside --check', out[0]);
      return { kind: 'plan', task: { kind: 'check', load, timeout, accepted: check, format } };
    }
    if (format !== undefined && out.length > 0) return wrong('option "--format"', 'none beside --out', format);
    if (format !== undefined) return { kind: 'plan', task: { kind: 'print', load, timeout, format } };
    const files_ = out.length > 0 ? out : ['tracking-plan.json', 'tracking-plan.md'];
    return { kind: 'plan', task: { kind: 'write', load, timeout, out: files_ } };
  } catch (error) {
    return { kind: 'wrong', message: (error as Error).message };
  }
}

function isFormat(format: string): format is Format {
  return ['json', 'markdown', 'github'].includes(format);
}

function wrong(what: string, expected: string, got: string | undefined): Arguments {
  return { kind: 'wrong', message: `${what}: expected ${expected}, got ${got === undefined ? 'nothing' : `"${got}"`}` };
}
