import type { ConsentFeature } from '../protocol/entry.js';

/** Where the compat layer speaks otherwise, so that its requests are those of the official SDK; no option. */
export interface Dialect {
  /** Tell no more about this machine than its operating system and its version. */
  readonly bareMachine: boolean;
  /** Calls on the client mean the device of the running scope, where there is one; else always the process's own. */
  readonly followsScope: boolean;
  /** Events and views name themselves and those before them, as the SDKs of 2025 do. */
  readonly eventLinks: boolean;
  /** Dots stay in event keys, as data of earlier days has them. */
  readonly keepsDots: boolean;
  /** The name remote config is asked for by. */
  readonly remoteConfigMethod: 'rc' | 'fetch_remote_config';
  /** Features the server is told about; always all of them, once something changed. Undefined for what changed of any. */
  readonly consentMap: readonly ConsentFeature[] | undefined;
  /** The device's place, as members of every request but those of events; undefined to tell it when a session begins. */
  readonly place: ((allowed: boolean) => Readonly<Record<string, string>>) | undefined;
}

/** What the client says by itself. */
export const OWN_DIALECT: Dialect = Object.freeze({
  bareMachine: false,
  followsScope: true,
  eventLinks: true,
  keepsDots: false,
  remoteConfigMethod: 'rc',
  consentMap: undefined,
  place: undefined,
});

/** Makes an instance of a class out of plain values. */
export type ClassMapper = <T extends object>(type: new () => T, values: Readonly<Record<string, unknown>>) => T;

/** What the decorators on classes say. `segmentation/`, which knows them, puts its own in the place of these. */
export const classes: {
  mapTo: ClassMapper;
  /** What they let out of an object, as segments; undefined for an object whose class has none. */
  letOut(
    object: object,
    tell: (problem: string, message: string) => void,
  ): Readonly<Record<string, unknown>> | undefined;
} = {
  mapTo: (type, values) => Object.assign(new type(), values),
  letOut: () => undefined,
};
