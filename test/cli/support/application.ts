import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const ROOT = join(__dirname, '../../..');
const CLI = join(ROOT, 'dist/cli.js');
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');

/** How an application is compiled. */
export interface Dialect {
  readonly type: 'commonjs' | 'module';
  readonly legacy: boolean;
}

/** An application in a folder of its own, below the repository so that it finds the packages. */
export class Application {
  readonly folder: string;

  constructor(name: string) {
    this.folder = join(ROOT, '.test-out', `cli-${name}-${process.pid}`);
    rmSync(this.folder, { recursive: true, force: true });
    mkdirSync(this.folder, { recursive: true });
  }

  write(file: string, text: string): this {
    const path = join(this.folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return this;
  }

  /** Compiles `src` to `dist`, with source maps. */
  compile({ type, legacy }: Dialect): this {
    this.write('package.json', JSON.stringify({ type }));
    const compilerOptions = {
      ...{ target: 'es2022', module: 'nodenext', types: ['node'], skipLibCheck: true, sourceMap: true, strict: true },
      ...{ rootDir: 'src', outDir: 'dist', experimentalDecorators: legacy, emitDecoratorMetadata: legacy },
    };
    this.write('tsconfig.json', JSON.stringify({ compilerOptions, include: ['src'] }));
    execFileSync(process.execPath, [TSC, '-p', 'tsconfig.json'], { cwd: this.folder, stdio: 'inherit' });
    return this;
  }

  /** Runs `countly-weave` in the folder. */
  run(...args: readonly string[]) {
    const { status, signal, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], {
      cwd: this.folder,
      encoding: 'utf8',
      timeout: 60_000,
    });
    return { status, signal, stdout, stderr };
  }

  /** The plan of modules of the application. */
  plan(...load: readonly string[]): { entries: Record<string, unknown>[] } {
    const { stdout, stderr, status } = this.run(
      'plan',
      '--format',
      'json',
      ...load.flatMap((file) => ['--load', file]),
    );
    if (status !== 0) throw new Error(stderr);
    return JSON.parse(stdout) as { entries: Record<string, unknown>[] };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
