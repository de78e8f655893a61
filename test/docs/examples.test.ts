import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = join(__dirname, '..', '..');
const COMPILER = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');

/** An example and where it stands. */
interface Example {
  readonly name: string;
  readonly code: string;
}

let folder: string;

beforeAll(async () => {
  await mkdir(join(ROOT, '.test-out'), { recursive: true });
  // Inside the repository, so that the packages an application would have installed are found.
  folder = await mkdtemp(join(ROOT, '.test-out', 'examples-'));
});
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }));

function examplesIn(file: string, text: string): Example[] {
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code = ''], index) => ({
    name: `${relative(ROOT, file).replace(/\W/g, '-')}-${index + 1}`,
    code,
  }));
}

/** TSDoc without its stars, and with the escapes of `@` undone. */
function documentationIn(source: string): string {
  const comments = [...source.matchAll(/^ *\/\*\*\n([\s\S]*?)\*\/$/gm)].map(([, comment = '']) => comment);
  return comments.map((comment) => comment.replace(/^ *\* ?/gm, '').replaceAll('\\@', '@')).join('\n');
}

async function filesOf(room: string, ending: string): Promise<string[]> {
  const entries = await readdir(join(ROOT, room), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.name.endsWith(ending)).map(({ parentPath, name }) => join(parentPath, name));
}

/** What the compiler says of the examples. */
async function compile(examples: readonly Example[]): Promise<string> {
  // A module of its own each, also those without an import.
  for (const { name, code } of examples) await writeFile(join(folder, `${name}.ts`), `${code}\nexport {};\n`);
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  // As the package has it: what compat exports by default is the module.
  const compat = JSON.stringify(join(ROOT, 'lib/compat/index.js'));
  const asModule = `import built from ${compat};\nexport * from ${compat};\nexport default built.default;\n`;
  await writeFile(join(folder, 'compat.ts'), asModule);
  const project = join(folder, 'tsconfig.json');
  await writeFile(
    project,
    JSON.stringify({
      extends: join(ROOT, 'tsconfig.json'),
      compilerOptions: {
        paths: {
          'countly-weave': [join(ROOT, 'lib/index.ts')],
          'countly-weave/nest': [join(ROOT, 'nest/index.ts')],
          'countly-weave/nest/testing': [join(ROOT, 'nest/testing/index.ts')],
          'countly-weave/testing': [join(ROOT, 'lib/testing/index.ts')],
          'countly-weave/otel': [join(ROOT, 'lib/otel/index.ts')],
          'countly-weave/typeorm': [join(ROOT, 'lib/typeorm/index.ts')],
          'countly-weave/nestjs-cls': [join(ROOT, 'lib/nestjs-cls/index.ts')],
          'countly-weave/openfeature': [join(ROOT, 'lib/openfeature/index.ts')],
          'countly-weave/redis': [join(ROOT, 'lib/redis/index.ts')],
          'countly-weave/compat': [join(folder, 'compat.ts')],
        },
        // Examples show what matters and leave the rest out.
        noUnusedLocals: false,
        noUnusedParameters: false,
        isolatedModules: false,
      },
      include: ['*.ts', join(ROOT, 'lib/http/*.d.ts')],
      exclude: [],
    }),
  );
  return promisify(execFile)(process.execPath, [COMPILER, '-p', project], { cwd: folder }).then(
    () => '',
    (error: { stdout: string }) => error.stdout,
  );
}

describe('every TypeScript example', () => {
  it('of the pages in docs/ and of the TSDoc in lib/ and nest/ compiles', async () => {
    const examples: Example[] = [];
    for (const page of await filesOf('docs', '.md')) examples.push(...examplesIn(page, await readFile(page, 'utf8')));
    expect(examples.length).toBeGreaterThan(15);
    for (const room of ['lib', 'nest']) {
      for (const file of await filesOf(room, '.ts')) {
        examples.push(...examplesIn(file, documentationIn(await readFile(file, 'utf8'))));
      }
    }
    expect(examples.length).toBeGreaterThan(60);
    expect(await compile(examples)).toBe('');
  }, 60_000);
});
