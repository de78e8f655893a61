import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pages, ROOT } from './support/pages.js';

const COMPILER = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');

/** An example and where it stands. */
interface Example {
  readonly name: string;
  readonly code: string;
  /** For standard decorators: what `ts standard` at the head of a block says. */
  readonly isStandard: boolean;
}

let folders: string;

beforeAll(async () => {
  await mkdir(join(ROOT, '.test-out'), { recursive: true });
  // Inside the repository, so that the packages an application would have installed are found.
  folders = await mkdtemp(join(ROOT, '.test-out', 'examples-'));
});
afterAll(() => rm(folders, { recursive: true, force: true, maxRetries: 10 }));

function examplesIn(file: string, text: string): Example[] {
  return [...text.matchAll(/^```ts( standard)?\n([\s\S]*?)^```$/gm)].map(([, standard, code = ''], index) => ({
    name: `${relative(ROOT, join(ROOT, file)).replace(/\W/g, '-')}-${index + 1}`,
    code,
    isStandard: standard !== undefined,
  }));
}

/** TSDoc without its stars. */
function documentationIn(source: string): string {
  const comments = [...source.matchAll(/^ *\/\*\*\n([\s\S]*?)\*\/$/gm)].map(([, comment = '']) => comment);
  return comments.map((comment) => comment.replace(/^ *\* ?/gm, '')).join('\n');
}

async function sourcesOf(room: string): Promise<string[]> {
  const entries = await readdir(join(ROOT, room), { recursive: true, withFileTypes: true });
  return entries
    .filter(({ name }) => name.endsWith('.ts'))
    .map(({ parentPath, name }) => relative(ROOT, join(parentPath, name)));
}

/** What the compiler says of the examples of one dialect of decorators. */
async function compile(examples: readonly Example[], isStandard: boolean): Promise<string> {
  const folder = await mkdtemp(join(folders, isStandard ? 'standard-' : 'legacy-'));
  // A module of its own each, also those without an import.
  for (const { name, code } of examples.filter((one) => one.isStandard === isStandard))
    await writeFile(join(folder, `${name}.ts`), `${code}\nexport {};\n`);
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
          'countly-weave/redis': [join(ROOT, 'lib/redis/index.ts')],
          'countly-weave/otel': [join(ROOT, 'lib/otel/index.ts')],
          'countly-weave/typeorm': [join(ROOT, 'lib/typeorm/index.ts')],
          'countly-weave/nestjs-cls': [join(ROOT, 'lib/nestjs-cls/index.ts')],
          'countly-weave/openfeature': [join(ROOT, 'lib/openfeature/index.ts')],
          'countly-weave/compat': [join(folder, 'compat.ts')],
        },
        // Examples show what matters and leave the rest out.
        ...(isStandard ? { experimentalDecorators: false, emitDecoratorMetadata: false } : {}),
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

let examples: Example[];
beforeAll(async () => {
  examples = pages().flatMap(({ path, text }) => examplesIn(path, text));
  for (const room of ['lib', 'nest']) {
    for (const file of await sourcesOf(room)) {
      examples.push(...examplesIn(file, documentationIn(await readFile(join(ROOT, file), 'utf8'))));
    }
  }
});

describe('every TypeScript example of the pages and of the TSDoc in lib/ and nest/', () => {
  it('is found', () => {
    expect(examples.filter(({ name }) => name.endsWith('-md-1')).length).toBeGreaterThan(20);
    expect(examples.length).toBeGreaterThan(150);
  });

  it.each([
    ['experimentalDecorators', false],
    ['standard decorators', true],
  ])(
    'compiles, with %s',
    async (_, isStandard) => {
      expect(await compile(examples, isStandard)).toBe('');
    },
    60_000,
  );
});

describe('every JSON example of the pages', () => {
  it('is JSON', () => {
    for (const { path, text } of pages()) {
      for (const [, code = ''] of text.matchAll(/^```json\n([\s\S]*?)^```$/gm)) {
        expect(() => JSON.parse(code), `${path}: ${code}`).not.toThrow();
      }
    }
  });
});
