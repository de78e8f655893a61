import { type ChildProcess, spawn } from 'node:child_process';

/** How a program ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface StartOptions {
  /** What it prints when it is ready; the first group, if any, is its address. */
  readonly ready?: RegExp | undefined;
  /** Gives it a process group of its own, so that a signal can reach the whole group as Ctrl-C does. */
  readonly ownGroup?: boolean;
}

const LISTENS = /listens on (http\S+)/;
const START_TIMEOUT_MS = 60_000;

const running = new Set<Program>();

/** A program under test, in a process of its own. */
export class Program {
  output = '';
  url = '';
  readonly exited: Promise<Exit>;
  readonly #process: ChildProcess;
  readonly #ownGroup: boolean;
  readonly #watchers = new Set<() => void>();

  constructor([file = '', ...args]: readonly string[], env: Readonly<Record<string, string>>, ownGroup: boolean) {
    this.#ownGroup = ownGroup;
    this.#process = spawn(file, args, {
      env: { ...cleanEnvironment(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: ownGroup,
    });
    running.add(this);
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
        for (const watcher of this.#watchers) watcher();
      });
    }
    this.exited = new Promise((resolve) => {
      this.#process.once('close', (code, signal) => {
        running.delete(this);
        resolve({ code, signal });
      });
    });
  }

  /** Waits until its output matches; fails with that output when the program ends first or it takes too long. */
  async says(pattern: RegExp, timeoutMs = START_TIMEOUT_MS): Promise<RegExpExecArray> {
    let watcher = (): void => undefined;
    let timer: NodeJS.Timeout | undefined;
    const seen = new Promise<RegExpExecArray>((resolve, reject) => {
      watcher = () => {
        const match = pattern.exec(this.output);
        if (match !== null) resolve(match);
      };
      this.#watchers.add(watcher);
      watcher();
      const fail = (what: string): void =>
        reject(new Error(`${what} before it said ${pattern}. It said:\n${this.output}`));
      timer = setTimeout(() => fail(`${timeoutMs} ms went by`), timeoutMs);
      void this.exited.then(({ code, signal }) => fail(`The program ended (${signal ?? code})`));
    });
    return seen.finally(() => {
      clearTimeout(timer);
      this.#watchers.delete(watcher);
    });
  }

  /** Sends a signal, to the whole group when it has one. */
  signal(signal: NodeJS.Signals): void {
    const { pid } = this.#process;
    if (pid !== undefined && this.#process.exitCode === null) process.kill(this.#ownGroup ? -pid : pid, signal);
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Exit> {
    this.signal(signal);
    return this.exited;
  }
}

export function startProgram(
  script: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  options: StartOptions = {},
): Promise<Program> {
  return startCommand(nodeCommand(script, args), env, options);
}

/** Starts what stands on a command line, such as `npm run shop`. */
export async function startCommand(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
  { ready = LISTENS, ownGroup = false }: StartOptions = {},
): Promise<Program> {
  const program = new Program(command, env, ownGroup);
  program.url = (await program.says(ready))[1] ?? '';
  return program;
}

/** Starts a program that is expected to end by itself, and waits for that. */
export async function runProgram(
  script: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Program> {
  const program = new Program(nodeCommand(script, args), env, false);
  await program.exited;
  return program;
}

/** Ends what a failed test left behind. */
export async function stopAll(): Promise<void> {
  await Promise.all([...running].map((program) => program.stop('SIGKILL')));
}

function nodeCommand(script: string, args: readonly string[]): readonly string[] {
  return [process.execPath, '--disable-warning=ExperimentalWarning', script, ...args];
}

/** The developer's own Countly settings have no business in a test. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const names = Object.keys(process.env).filter(
    (name) => !/^(COUNTLY_|INSPECTOR_|TRAFFIC_|SHOP_PORT$|PORT$|REDIS_URL$)/.test(name),
  );
  return { ...Object.fromEntries(names.map((name) => [name, process.env[name]])), NO_COLOR: '1' };
}
