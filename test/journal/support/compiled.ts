import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..', '..', '..');

/** Compiles the journal into a temporary folder, for child processes that cannot load TypeScript. */
export function compileJournal(): { lib: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'compiled-'));
  const config = join(folder, 'tsconfig.json');
  writeFileSync(
    config,
    JSON.stringify({
      extends: join(ROOT, 'tsconfig.json'),
      compilerOptions: {
        noEmit: false,
        rootDir: join(ROOT, 'lib'),
        outDir: folder,
        typeRoots: [join(ROOT, 'node_modules', '@types')],
      },
      include: [join(ROOT, 'lib', 'journal')],
    }),
  );
  writeFileSync(join(folder, 'package.json'), '{"type":"commonjs"}');
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  execFileSync(process.execPath, [join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', config]);
  return { lib: folder, remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }) };
}
