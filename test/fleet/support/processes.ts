import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

const POD = join(__dirname, '../pod.mjs');
const VISITING = join(__dirname, '../visiting-pod.mjs');
const MAKING = join(__dirname, '../making-pod.mjs');
const CLI = join(__dirname, '../../../dist/cli.js');

/** A process under test; what it says, line by line. */
export class Child {
  readonly exited: Promise<number | null>;
  #output = '';
  readonly #process: ChildProcess;

  constructor(args: readonly string[]) {
    this.#process = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
      });
    }
    this.exited = new Promise((resolve) => this.#process.once('close', (code) => resolve(code)));
  }

  get output(): string {
    return this.#output;
  }

  /** All that was said in whole; the last line of a killed process may be cut off. */
  get lines(): string[] {
    return this.#output.split('\n').slice(0, -1);
  }

  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.#output);
      if (match !== null) return match;
      if (this.#process.exitCode !== null) throw new Error(`it ended before it said ${pattern}:\n${this.#output}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  protected write(line: string): void {
    this.#process.stdin?.write(`${line}\n`);
  }

  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    this.#process.kill(signal);
    return this.exited;
  }
}

/** A process of an application that records events under its prefix. */
export class Pod extends Child {
  constructor(
    readonly prefix: string,
    options: object,
    fleet: object,
  ) {
    super([POD, prefix, JSON.stringify(options), JSON.stringify(fleet)]);
  }

  /** Numbers of the events that were accepted before its event loop ticked so many times for the last time. */
  acceptedBefore(ticks: number): number[] {
    const { lines } = this;
    let end = lines.length;
    for (let left = ticks; left > 0 && end > 0; ) if (lines[--end] === 'tick') left--;
    return lines.slice(0, end).flatMap((line) => (/^\d+$/.test(line) ? [Number(line)] : []));
  }
}

/** A process of an application that records by decorators and leaves the sending to others. */
export class MakingPod extends Child {
  constructor(options: object, fleet: object) {
    super([MAKING, JSON.stringify(options), JSON.stringify(fleet)]);
  }

  /** Calls methods for a person, in a unit of work. */
  call(device: string, ...methods: readonly string[]): void {
    this.write(JSON.stringify([device, ...methods]));
  }
}

/** A process of an application that serves people as it is told. */
export class VisitingPod extends Child {
  #told = 0;

  constructor(options: object, fleet: object) {
    super([VISITING, JSON.stringify(options), JSON.stringify(fleet)]);
  }

  /** Resolves when it was served, with the process's own time of that: device, method of its scope, arguments. */
  async serve(...command: readonly unknown[]): Promise<number> {
    this.write(JSON.stringify(command));
    const [, at] = await this.says(new RegExp(`^served ${++this.#told} at (\\d+)$`, 'm'));
    return Number(at);
  }
}

export function command(...args: readonly string[]): Child {
  return new Child([CLI, ...args]);
}
