import { shownText } from '../lib/internal.js';

// As they are before anything of an application is loaded, which may put others in their place.
const { stdout, stderr } = process;
const toOutput = stdout.write.bind(stdout);
const toErrors = stderr.write.bind(stderr);
const exit = process.exit.bind(process);

/** Prints the answer of the command. Names in it are made by others and can do nothing to a terminal. */
export function print(text: string): void {
  toOutput(`${harmless(text)}\n`);
}

/** Says what is wrong. */
export function complain(text: string): void {
  toErrors(`${harmless(text)}\n`);
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
