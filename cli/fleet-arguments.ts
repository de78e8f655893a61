import { parseArgs } from 'node:util';

/** What both commands need: which fleet, and where. */
export interface FleetTask {
  readonly redis: string;
  readonly prefix: string | undefined;
  readonly url: string | undefined;
  readonly appKey: string | undefined;
}

export interface StatusTask extends FleetTask {
  readonly format: 'json' | 'table';
}

export interface RelayTask extends FleetTask {
  readonly salt: string | undefined;
  readonly lanes: number | undefined;
  readonly port: number;
  readonly host: string;
  readonly storage: string | undefined;
}

export type FleetArguments =
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly message: string }
  | { readonly kind: 'relay'; readonly task: RelayTask }
  | { readonly kind: 'status'; readonly task: StatusTask };

const text = { type: 'string' } as const;
const SHARED = {
  redis: text,
  prefix: text,
  url: text,
  'app-key': text,
  help: { type: 'boolean', short: 'h' },
} as const;
const OPTIONS = {
  relay: { ...SHARED, salt: text, lanes: text, port: text, host: text, storage: text },
  fleet: { ...SHARED, format: text },
} as const;
const PORT = 9464;

/** Reads the command line of `relay` and `fleet status`; undefined for any other command. */
export function readFleetArguments(argv: readonly string[], env: NodeJS.ProcessEnv): FleetArguments | undefined {
  const [command, ...args] = argv;
  if (command !== 'relay' && command !== 'fleet') return undefined;
  try {
    const { values, positionals } = parseArgs({ args, options: OPTIONS[command], allowPositionals: true });
    const given: Readonly<Record<string, unknown>> = values;
    if (given['help'] === true) return { kind: 'help' };
    const said = (name: string, variable?: string): string | undefined => {
      const value = given[name] ?? (variable === undefined ? undefined : env[variable]);
      return typeof value === 'string' && value !== '' ? value : undefined;
    };
    const expected = command === 'fleet' ? 'status' : '';
    if (positionals.join(' ') !== expected)
      return wrong(command, expected === '' ? 'options alone' : '"status"', positionals[0]);
    const redis = said('redis', 'REDIS_URL');
    if (redis === undefined) return wrong('option "--redis"', 'the address of Redis', undefined);
    const [url, appKey] = [said('url', 'COUNTLY_URL'), said('app-key', 'COUNTLY_APP_KEY')];
    const task = { redis, url, appKey, prefix: said('prefix') };
    if (command === 'fleet') return statusOf(task, said('format'));
    const numbers = { lanes: numberOf(said('lanes')), port: numberOf(said('port')) };
    for (const [name, value] of Object.entries(numbers)) {
      if (value !== undefined && !(Number.isSafeInteger(value) && value >= 0 && value < 65_536)) {
        return wrong(`option "--${name}"`, 'a number', said(name));
      }
    }
    const { lanes, port = PORT } = numbers;
    const more = { salt: said('salt', 'COUNTLY_SALT'), host: said('host') ?? '127.0.0.1', storage: said('storage') };
    return { kind: 'relay', task: { ...task, ...more, lanes, port } };
  } catch (error) {
    return { kind: 'wrong', message: (error as Error).message };
  }
}

function statusOf(task: FleetTask, format: string | undefined): FleetArguments {
  if (format !== undefined && format !== 'json' && format !== 'table') {
    return wrong('option "--format"', 'json or table', format);
  }
  if (task.prefix === undefined && (task.url === undefined || task.appKey === undefined)) {
    return wrong('option "--prefix"', 'the prefix of the fleet, or --url and --app-key', undefined);
  }
  return { kind: 'status', task: { ...task, format: format ?? 'table' } };
}

function numberOf(value: string | undefined): number | undefined {
  return value === undefined ? undefined : Number(value);
}

function wrong(what: string, expected: string, got: string | undefined): FleetArguments {
  return { kind: 'wrong', message: `${what}: expected ${expected}, got ${got === undefined ? 'nothing' : `"${got}"`}` };
}
