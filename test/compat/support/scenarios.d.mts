/** What a phase of a scenario gets beside the SDK. */
export interface ScenarioTools {
  /** Complete configuration: application, server, storage, and the scenario's own settings. */
  readonly conf: Readonly<Record<string, unknown>>;
  sleep(ms: number): Promise<void>;
}

/** The calls an application makes; each phase runs in a process of its own on the same storage. */
export interface Scenario {
  readonly name: string;
  readonly conf?: Readonly<Record<string, unknown>>;
  /** The end of the process is part of it. */
  readonly ownProcess?: boolean;
  /** Groups whose durations are the time between two calls. */
  readonly measured?: readonly string[];
  /** Added to the server's address. */
  readonly urlPath?: string;
  readonly phases: readonly ((Countly: unknown, tools: ScenarioTools) => Promise<unknown> | unknown)[];
}

export const scenarios: readonly Scenario[];
