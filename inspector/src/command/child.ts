import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** Milliseconds until another signal is one of its own: a terminal and npm may both send the first. */
const AGAIN_MS = 500;
const NOT_FOUND = 127;
const NOT_EXECUTABLE = 126;

/**
 * Starts the command with this in its environment, passes signals on, and gives its exit code. A signal that comes again ends a
 * command that did not obey.
 */
export function runChild(command: readonly string[], env: Readonly<Record<string, string>>): Promise<number> {
  const [name = '', ...args] = command;
  return new Promise((resolve) => {
    const child = spawn(name, args, {
      stdio: 'inherit',
      env: { ...process.env, ...env },
      // npm and npx are scripts there, which only a shell can start.
      shell: process.platform === 'win32',
    });
    let asked: number | undefined;
    const passOn = (signal: NodeJS.Signals): void => {
      asked ??= performance.now();
      if (performance.now() - asked > AGAIN_MS) child.kill('SIGKILL');
      // A terminal sends Ctrl+C to both of us.
      if (signal !== 'SIGINT' || process.stdin.isTTY !== true) child.kill(signal);
    };
    for (const signal of SIGNALS) process.on(signal, passOn);
    const end = (code: number): void => {
      for (const signal of SIGNALS) process.off(signal, passOn);
      resolve(code);
    };
    child.once('error', (error: NodeJS.ErrnoException) => {
      console.error(`countly-inspector: "${name}" could not be started: ${error.message}`);
      end(error.code === 'ENOENT' ? NOT_FOUND : NOT_EXECUTABLE);
    });
    // A shell says it the same way.
    child.once('exit', (code, signal) => end(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
}

/** Resolves with the first signal that ends a program. */
export function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of SIGNALS) process.once(signal, () => resolve());
  });
}
