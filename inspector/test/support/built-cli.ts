import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PACKAGE = fileURLToPath(new URL('../../', import.meta.url));
const COMPILER = fileURLToPath(new URL('../../../node_modules/.bin/tsc', import.meta.url));

/** The command line, compiled from the sources under test into a folder of its own. */
export interface BuiltCli {
  start(...options: string[]): RunningCli;
  /** With these in its environment; `undefined` takes one out. */
  startWith(env: NodeJS.ProcessEnv, ...options: string[]): RunningCli;
  remove(): void;
}

export interface Ended {
  code: number | null;
  out: string;
  err: string;
}

export interface RunningCli {
  /** Waits until the output matches and returns the first group. */
  output(pattern: RegExp): Promise<string>;
  signal(name: 'SIGINT' | 'SIGTERM'): void;
  ended: Promise<Ended>;
}

export function buildCli(): BuiltCli {
  // Below node_modules it finds its dependencies and stays out of the repository.
  const cache = join(PACKAGE, 'node_modules');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, '.built-cli-'));
  execFileSync(COMPILER, [
    '-p',
    join(PACKAGE, 'tsconfig.build.json'),
    '--outDir',
    join(folder, 'dist'),
    '--declaration',
    'false',
  ]);
  writeFileSync(join(folder, 'package.json'), '{"type":"module","version":"1.2.3"}');
  return {
    start: (...options) => run(join(folder, 'dist', 'cli.js'), options),
    startWith: (env, ...options) => run(join(folder, 'dist', 'cli.js'), options, env),
    remove: () => rmSync(folder, { recursive: true }),
  };
}

function run(file: string, options: string[], env: NodeJS.ProcessEnv = {}): RunningCli {
  const child = spawn(process.execPath, [file, ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  let out = '';
  let err = '';
  const listeners = new Set<() => void>();
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
    for (const listener of listeners) listener();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code) => resolve({ code, out, err }));
  });
  const output = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const found = pattern.exec(out);
        if (found !== null) resolve(found[1] ?? found[0]);
      };
      listeners.add(look);
      look();
      ended.then((result) => reject(new Error(`ended with ${result.code}: ${result.err}`)));
    });
  return { output, signal: (name) => child.kill(name), ended };
}
