import { type ChildProcess, spawn } from 'node:child_process';
import type { WriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface ChildOptions {
  readonly name: string;
  /** Script to run, relative to this folder. */
  readonly script: string;
  readonly env: NodeJS.ProcessEnv;
  /** Gets everything the process prints. */
  readonly log: WriteStream;
  /** Is asked which lines the person at the terminal should see. */
  readonly onLine: (line: string) => void;
}

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  /** Its last words on standard error. */
  readonly message: string;
}

const READY = /listens on (http\S+)/;
const STOP_TIMEOUT_MS = 15_000;

/** A process of ours that says when it is ready, and is stopped by SIGTERM. */
export class Child {
  /** Its address; undefined when it ended before it had one. */
  readonly address: Promise<string | undefined>;
  readonly exited: Promise<Exit>;
  readonly #process: ChildProcess;
  #errors: string[] = [];

  constructor(options: ChildOptions) {
    const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
    this.#process = spawn(
      process.execPath,
      // Node 20 calls loading an ES module by `require` experimental; nobody here needs to know.
      [
        '--disable-warning=ExperimentalWarning',
        `--import=${new URL('exit-with-parent.js', import.meta.url)}`,
        here(options.script),
      ],
      { env: { ...options.env, NO_COLOR: '1' }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
    );
    this.exited = new Promise((resolve) => {
      // 'close' and not 'exit': the last lines are read by then.
      this.#process.once('close', (code) => resolve({ code, message: this.#errors.join('\n') }));
      this.#process.once('error', (error) => resolve({ code: null, message: error.message }));
    });
    const ready = new Promise<string>((resolve) => {
      this.#read(options, 'stdout', (line) => {
        const url = READY.exec(line)?.[1];
        if (url !== undefined) resolve(url);
      });
    });
    this.#read(options, 'stderr', (line) => {
      this.#errors = [...this.#errors, line].slice(-20);
    });
    this.address = Promise.race([ready, this.exited.then(() => undefined)]);
  }

  /** Asks it to end, and insists after a while. */
  async stop(): Promise<Exit> {
    this.#process.kill('SIGTERM');
    const insist = setTimeout(() => this.#process.kill('SIGKILL'), STOP_TIMEOUT_MS);
    const exit = await this.exited;
    clearTimeout(insist);
    return exit;
  }

  #read({ name, log, onLine }: ChildOptions, stream: 'stdout' | 'stderr', also: (line: string) => void): void {
    const input = this.#process[stream];
    if (input === null) return;
    createInterface({ input }).on('line', (line) => {
      log.write(`${name}: ${line}\n`);
      also(line);
      onLine(line);
    });
  }
}
