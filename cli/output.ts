import { writeSync } from 'node:fs';
import { shownText } from '../lib/internal.js';

const FAILED = 1;

// As they are before anything of an application is loaded, which may put others in their place.
const { stdout, stderr } = process;
const toOutput = stdout.write.bind(stdout);
const toErrors = stderr.write.bind(stderr);
const exit = process.exit.bind(process);
/** What the others come to. It runs no listener, and no public type of Node's has it. */
const reallyExit = (process as { readonly reallyExit?: (code: number) => never }).reallyExit?.bind(process) ?? exit;

/** Prints the answer of the command. Names in it are made by others and can do nothing to a terminal. */
export function print(text: string): void {
  toOutput(`${harmless(text)}\n`);
}

/** Says what is wrong. */
export function complain(text: string): void {
  toErrors(`${harmless(text)}\n`);
}

/** Says what is wrong and ends the process here and now, whoever else is asked at its end. */
export function fail(text: string): never {
  try {
    writeSync(2, `${harmless(text)}\n`);
  } catch {
    // Nobody listens.
  }
  return reallyExit(FAILED);
}

/** Tells before the process ends by whatever way of its own. @returns what calls it off */
export function onEnd(told: () => void): () => void {
  const owner = process as { reallyExit?: (code: number) => never };
  const { reallyExit: before } = owner;
  owner.reallyExit = told as () => never;
  process.on('exit', told);
  return () => {
    process.off('exit', told);
    if (before !== undefined) owner.reallyExit = before;
  };
}

/** From now on only what this command prints is its answer: what an application prints while it is loaded goes beside it. */
export function keepOutput(): void {
  stdout.write = toErrors;
}

/** Ends with this code once all was written, whatever an application wanted to have done at the end. */
export function end(code: number): void {
  process.removeAllListeners('exit');
  process.exitCode = code;
  toOutput('', () => toErrors('', () => exit(code)));
}

function harmless(text: string): string {
  return text.split('\n').map(shownText).join('\n');
}
