import { type PlanEntry, readPlan } from './plan/tracking-plan.js';
import type { JsonObject } from './protocol/json.js';

/** Options of {@link startInspector}. All optional. */
export interface InspectorOptions {
  /** Address to listen on. Anything but loopback opens the collector to the network. @default '127.0.0.1' */
  host?: string;
  /** TCP port; 0 takes any free one. @default 6010 */
  port?: number;
  /** SQLite file, created when missing; `':memory:'` keeps nothing on disk. @default ':memory:' */
  database?: string;
  /** Serve everything below this path, as a server installed in a sub-directory, e.g. `'/countly'`. @default '' */
  basePath?: string;
  /** Accept only this app key and answer `400 App does not exist` to others. @default any app key */
  appKey?: string;
  /** Salt of the app: every request must then carry a valid checksum. @default none */
  salt?: string;
  /** What `/o/sdk?method=rc` answers: parameter name to value. @default {} */
  remoteConfig?: JsonObject;
  /** What `/o/sdk?method=sc` answers under `c` (SDK behaviour settings). @default {} */
  sdkConfig?: JsonObject;
  /** Behave like a paused app: `400 App is currently not accepting data`. @default false */
  paused?: boolean;
  /** Further host names under which the page and its API may be opened, e.g. `['inspector']` in a container. @default [] */
  allowedHosts?: string[];
  /** How much of each request body is kept for reading later, in characters; 0 keeps none. @default 262144 */
  keepBodyChars?: number;
  /** Larger request bodies are answered with 413, in bytes. @default 104857600 (100 MB) */
  maxBodyBytes?: number;
  /** Tracking plan to compare with, as `npx countly-weave plan` writes it: the path of its file, or what is in it. @default none */
  plan?: string | object;
  /** Told about things a person at the terminal should know. @default nothing is printed */
  onWarning?: (message: string) => void;
}

/** Settings that may change while the inspector runs. */
export interface ServerSettings {
  appKey: string | undefined;
  salt: string | undefined;
  paused: boolean;
  remoteConfig: JsonObject;
  sdkConfig: JsonObject;
}

/** Options after defaults: complete, never changed again. */
export interface ResolvedOptions {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly basePath: string;
  readonly allowedHosts: readonly string[];
  readonly keepBodyChars: number;
  readonly maxBodyBytes: number;
  readonly plan: readonly PlanEntry[] | undefined;
  readonly onWarning: (message: string) => void;
  readonly settings: Readonly<ServerSettings>;
}

/** A wrong option: the message names the option, what was expected and what came. */
export class InspectorOptionError extends TypeError {
  override readonly name = 'InspectorOptionError';
}

export function resolveOptions(options: InspectorOptions = {}): ResolvedOptions {
  const wholeNumber = (name: 'port' | 'keepBodyChars' | 'maxBodyBytes', fallback: number, max: number): number => {
    const value = options[name] ?? fallback;
    if (Number.isInteger(value) && value >= 0 && value <= max) return value;
    throw new InspectorOptionError(`option "${name}": expected a whole number from 0 to ${max}, got ${String(value)}`);
  };
  const text = (name: 'host' | 'database' | 'basePath' | 'appKey' | 'salt', fallback: string): string => {
    const value: unknown = options[name] ?? fallback;
    if (typeof value === 'string' && (value !== '' || fallback === '')) return value;
    throw new InspectorOptionError(`option "${name}": expected a text that is not empty, got ${JSON.stringify(value)}`);
  };
  const basePath = text('basePath', '').replace(/\/+$/, '');
  if (basePath !== '' && !/^(\/[\w.~-]+)+$/.test(basePath)) {
    throw new InspectorOptionError(`option "basePath": expected a path like "/countly", got "${basePath}"`);
  }
  return Object.freeze({
    host: text('host', '127.0.0.1'),
    port: wholeNumber('port', 6010, 65_535),
    database: text('database', ':memory:'),
    basePath,
    allowedHosts: readHosts(options.allowedHosts ?? []),
    keepBodyChars: wholeNumber('keepBodyChars', 262_144, Number.MAX_SAFE_INTEGER),
    maxBodyBytes: wholeNumber('maxBodyBytes', 104_857_600, Number.MAX_SAFE_INTEGER),
    plan: options.plan === undefined ? undefined : readPlan(options.plan),
    onWarning: options.onWarning ?? (() => undefined),
    settings: Object.freeze({
      appKey: text('appKey', '') || undefined,
      salt: text('salt', '') || undefined,
      paused: options.paused ?? false,
      remoteConfig: options.remoteConfig ?? {},
      sdkConfig: options.sdkConfig ?? {},
    }),
  });
}

function readHosts(value: unknown): readonly string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  const wrong = list.find((host) => typeof host !== 'string' || !/^(?:[\w.-]+|[\da-f:.]*:[\da-f:.]*)$/i.test(host));
  if (Array.isArray(value) && wrong === undefined) return list.map(String);
  throw new InspectorOptionError(
    `option "allowedHosts": expected a list of host names without scheme and port, got ${JSON.stringify(value)}`,
  );
}
