import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { transformSync } from '@swc/core';
import type { SdkUnderTest } from './sdk-process.js';

const ROOT = join(__dirname, '..', '..', '..');

/**
 * Compiles the library as it is now, so that it can run in a process of its own; the build of the package may be older.
 * Inside the package's folder, where its dependencies are found.
 */
export function buildCompat(): SdkUnderTest & { remove(): void } {
  const out = join(ROOT, 'node_modules', '.cache', `compat-${process.pid}`);
  for (const name of readdirSync(join(ROOT, 'lib'), { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts') || name.endsWith('.d.ts')) continue;
    const { code } = transformSync(readFileSync(join(ROOT, 'lib', name), 'utf8'), {
      filename: name,
      swcrc: false,
      jsc: { parser: { syntax: 'typescript', decorators: true }, target: 'es2022' },
      module: { type: 'commonjs', ignoreDynamic: true },
    });
    const file = join(out, name.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, code);
  }
  return {
    module: join(out, 'compat', 'index.js'),
    remove: () => rmSync(out, { recursive: true, force: true, maxRetries: 10 }),
  };
}
