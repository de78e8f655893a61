import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { transformSync as swc } from '@swc/core';

const ROOT = resolve(__dirname, '../../..');
const OUT = join(ROOT, '.test-out');
const load = createRequire(join(ROOT, 'package.json'));

/** The case files, and what they import from test/, relative to the root. */
const SOURCES = [
  ...readdirSync(join(ROOT, 'test/decorators/cases')).map((file) => `test/decorators/cases/${file}`),
  'test/support/recording-client.ts',
];

export type Compiler =
  | 'tsc standard'
  | 'tsc legacy'
  | 'swc standard'
  | 'swc legacy'
  | 'esbuild standard'
  | 'esbuild legacy';

/** Compiles the cases and gives the folder they are in. The library itself holds no decorators and is compiled once. */
export function compileCases(compiler: Compiler, library: string): string {
  const out = join(OUT, compiler.replace(' ', '-'));
  rmSync(out, { recursive: true, force: true, maxRetries: 10 });
  mkdirSync(out, { recursive: true });
  symlinkSync(library, join(out, 'lib'));
  writeFileSync(join(out, 'package.json'), '{"type":"commonjs"}');
  const [tool, dialect] = compiler.split(' ') as ['tsc' | 'swc' | 'esbuild', 'standard' | 'legacy'];
  if (tool === 'tsc') compileWithTsc(out, dialect === 'legacy');
  else for (const source of SOURCES) writeCompiled(out, source, translate(tool, dialect === 'legacy', source));
  return join(out, 'test/decorators/cases');
}

/**
 * Compiles lib/ to CommonJS and gives the folder.
 *
 * @param name - of whoever asks; test files run side by side and must not write into each other's folder
 */
export function compileLibrary(name: string): string {
  const out = join(OUT, `library-${name}`);
  rmSync(out, { recursive: true, force: true, maxRetries: 10 });
  runTsc(out, { include: [join(ROOT, 'lib')], compilerOptions: { noCheck: true } });
  return join(out, 'lib');
}

function compileWithTsc(out: string, legacy: boolean): void {
  const scratch = join(out, 'whole');
  runTsc(scratch, {
    files: SOURCES.map((source) => join(ROOT, source)),
    // The standard dialect is type-checked here too: these files are its users.
    compilerOptions: { experimentalDecorators: legacy, emitDecoratorMetadata: legacy, noCheck: legacy },
  });
  for (const source of SOURCES) {
    const compiled = source.replace(/\.ts$/, '.js');
    writeCompiled(out, source, readFileSync(join(scratch, compiled), 'utf8'));
  }
  rmSync(scratch, { recursive: true, force: true, maxRetries: 10 });
}

function runTsc(outDir: string, extra: { compilerOptions: object; [key: string]: unknown }): void {
  mkdirSync(outDir, { recursive: true });
  const project = join(outDir, 'tsconfig.json');
  const compilerOptions = { noEmit: false, rootDir: ROOT, outDir, sourceMap: false, ...extra.compilerOptions };
  writeFileSync(
    project,
    JSON.stringify({ extends: join(ROOT, 'tsconfig.json'), exclude: [], include: [], ...extra, compilerOptions }),
  );
  const tsc = join(dirname(load.resolve('typescript/package.json')), 'bin/tsc');
  try {
    execFileSync(process.execPath, [tsc, '-p', project], { cwd: ROOT, encoding: 'utf8' });
  } catch (error) {
    throw new Error(`tsc failed:\n${(error as { stdout?: string }).stdout ?? String(error)}`);
  }
}

function translate(tool: 'swc' | 'esbuild', legacy: boolean, source: string): string {
  const code = readFileSync(join(ROOT, source), 'utf8');
  if (tool === 'swc') {
    return swc(code, {
      filename: source,
      configFile: false,
      swcrc: false,
      module: { type: 'commonjs' },
      jsc: {
        target: 'es2022',
        parser: { syntax: 'typescript', decorators: true },
        transform: legacy ? { legacyDecorator: true, decoratorMetadata: true } : { decoratorVersion: '2022-03' },
      },
    }).code;
  }
  const { transformSync } = load('esbuild') as { transformSync(code: string, options: object): { code: string } };
  return transformSync(code, {
    loader: 'ts',
    format: 'cjs',
    target: 'es2022',
    tsconfigRaw: { compilerOptions: { experimentalDecorators: legacy } },
  }).code;
}

function writeCompiled(out: string, source: string, code: string): void {
  const file = join(out, source.replace(/\.ts$/, '.js'));
  if (!existsSync(dirname(file))) mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, code);
}
