import { execFile, spawn } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const ROOT = resolve(__dirname, '../../..');
// Inside node_modules, which git ignores.
const OUT = join(ROOT, 'node_modules/.cache/countly-weave-transport', String(process.pid));
export const COMPILED = join(OUT, 'lib/http/http-transport.js');

/** Compiles the transport as it ships, for child processes that run without a TypeScript loader. */
export async function compileTransport(): Promise<void> {
  const tsc = join(dirname(createRequire(__filename).resolve('typescript/package.json')), 'bin/tsc');
  await mkdir(OUT, { recursive: true });
  const project = join(OUT, 'tsconfig.json');
  const files = [join(ROOT, 'lib/http/http-transport.ts')];
  const compilerOptions = {
    noEmit: false,
    rootDir: ROOT,
    outDir: OUT,
    types: ['node'],
    typeRoots: [join(ROOT, 'node_modules/@types')],
  };
  await writeFile(
    project,
    JSON.stringify({ extends: join(ROOT, 'tsconfig.json'), compilerOptions, files, include: [] }),
  );
  await promisify(execFile)(process.execPath, [tsc, '-p', project]);
}

export async function removeCompiled(): Promise<void> {
  await rm(OUT, { recursive: true, force: true, maxRetries: 10 });
}

export interface Ended {
  readonly code: number | null;
  /** Lines of standard output. */
  readonly lines: readonly string[];
  readonly errors: string;
  /** From the line `start` until the process was gone, in milliseconds. */
  readonly ms: number;
}

/**
 * Runs a program in a process of its own, with `createHttpTransport` and `request` at hand. It is killed after 10 s, and
 * has no exit code then.
 */
export function runChild(program: string): Promise<Ended> {
  const source = `
    const { createHttpTransport } = require(${JSON.stringify(COMPILED)});
    const request = { path: '/i', query: '', contentType: 'application/json', body: '{}' };
    console.log('start');
    ${program}`;
  const child = spawn(process.execPath, ['-e', source], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  let start = performance.now();
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    if (output === '') start = performance.now();
    output += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    errors += chunk;
  });
  const killer = setTimeout(() => child.kill('SIGKILL'), 10_000);
  return new Promise((done) => {
    child.on('close', (code) => {
      clearTimeout(killer);
      done({ code, lines: output.trim().split('\n').slice(1), errors, ms: performance.now() - start });
    });
  });
}
