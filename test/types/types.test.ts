import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = resolve(__dirname, '../..');
const tsc = join(dirname(createRequire(__filename).resolve('typescript/package.json')), 'bin/tsc');

test.each([
  ['legacy', true],
  ['standard', false],
])(
  'the type tests hold in the %s dialect',
  (name, experimentalDecorators) => {
    const folder = join(ROOT, '.test-out', `types-${name}`);
    mkdirSync(folder, { recursive: true });
    const project = join(folder, 'tsconfig.json');
    writeFileSync(
      project,
      JSON.stringify({
        extends: join(ROOT, 'tsconfig.json'),
        compilerOptions: { experimentalDecorators, emitDecoratorMetadata: experimentalDecorators },
        files: ['decorators', 'catalogue'].map((name) => join(ROOT, `test/types/${name}.test-d.ts`)),
        include: [],
      }),
    );
    let output = '';
    try {
      execFileSync(process.execPath, [tsc, '-p', project], { encoding: 'utf8', cwd: ROOT });
    } catch (error) {
      output = (error as { stdout: string }).stdout;
    }
    expect(output).toBe('');
  },
  60_000,
);
