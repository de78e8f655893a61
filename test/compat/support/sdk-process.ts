import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';

/** Where an SDK is: the name of a package, or a path. */
export interface SdkUnderTest {
  readonly module: string;
}

export interface PhaseTask {
  readonly name: string;
  readonly phase: number;
  readonly conf: Readonly<Record<string, unknown>>;
}

export interface PhaseResult {
  readonly observed: unknown;
  /** Grows while the scenario goes on. */
  readonly crashes: string[];
}

interface Message {
  readonly id?: number;
  readonly observed?: unknown;
  readonly crashed?: number;
  readonly message?: string;
}

/** A process that runs scenarios on one SDK. */
export class SdkProcess {
  exitCode: number | null | undefined;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (observed: unknown) => void>();
  readonly #crashes = new Map<number, string[]>();
  readonly #ended: Promise<void>;
  #output = '';
  #nextId = 1;

  private constructor(sdk: SdkUnderTest, crashes: 'reported' | 'process') {
    this.#child = fork(join(__dirname, 'child.mjs'), [sdk.module], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...quietEnvironment(), SCENARIO_CRASHES: crashes },
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk) => {
        this.#output += String(chunk);
      });
    }
    this.#child.on('message', (message: Message) => this.#take(message));
    this.#ended = new Promise((resolve) => {
      this.#child.once('exit', (code) => {
        this.exitCode = code;
        for (const answer of this.#waiting.values()) answer({ ended: code });
        this.#waiting.clear();
        resolve();
      });
    });
  }

  static async start(sdk: SdkUnderTest, crashes: 'reported' | 'process' = 'reported'): Promise<SdkProcess> {
    const process = new SdkProcess(sdk, crashes);
    await new Promise<void>((resolve, reject) => {
      process.#child.once('message', () => resolve());
      process.#child.once('exit', (code) => reject(new Error(`The process ended with ${code}.\n${process.#output}`)));
    });
    return process;
  }

  get output(): string {
    return this.#output;
  }

  async run(task: PhaseTask): Promise<PhaseResult> {
    const id = this.#nextId++;
    const crashes: string[] = [];
    this.#crashes.set(id, crashes);
    return { observed: await this.#ask(id, { ...task }), crashes };
  }

  /** Lets the SDK's timers have some turns. */
  async beat(): Promise<void> {
    await this.#ask(this.#nextId++, {});
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  #ask(id: number, task: object): Promise<unknown> {
    if (this.exitCode !== undefined) return Promise.resolve({ ended: this.exitCode });
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#child.send({ ...task, id });
    });
  }

  #take({ id, observed, crashed, message }: Message): void {
    if (crashed !== undefined) this.#crashes.get(crashed)?.push(message ?? '');
    if (id === undefined) return;
    this.#waiting.get(id)?.(observed);
    this.#waiting.delete(id);
  }
}

/** A proxy or a Countly setting of the machine must not change what is compared. */
function quietEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(https?_proxy|no_proxy|COUNTLY_.*|NODE_OPTIONS|VITEST.*)$/i.test(name),
    ),
  );
}
