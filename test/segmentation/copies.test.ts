import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const run = promisify(execFile);
const ROOT = resolve(__dirname, '../..');
const HERE = join(ROOT, '.test-out/copies');
const CLASS_TRANSFORMER = dirname(createRequire(join(ROOT, 'package.json')).resolve('class-transformer/package.json'));

/** An application without compiler metadata, whose class hides the e-mail address. */
const APPLICATION = `
  import 'reflect-metadata';
  import { Exclude, Expose } from 'class-transformer';
  import { mapped } from 'segmentation';
  class Order { total = 5; email = 'someone@example.com'; }
  Expose({ name: 'amount' })(Order.prototype, 'total');
  Exclude()(Order.prototype, 'email');
  class Plain { id = 1; }
  const told = [];
  const map = (value, mapping = {}) => mapped('', value, { ...mapping, tell: (problem, message) => told.push(message) });
  map(new Order());
  console.log(JSON.stringify({
    instance: map(new Order()),
    given: map({ ...new Order() }, { type: Order, isGiven: true }),
    declared: map({ ...new Order() }, { type: Order }),
    plain: map(new Plain()),
    literal: map({ a: 1 }),
    told: [...new Set(told)],
  }));
`;

interface Outcome {
  readonly instance: object;
  readonly given: object;
  readonly declared: object;
  readonly plain: object;
  readonly literal: object;
  readonly told: readonly string[];
}

/** Bundles the application, with what is not external, into a folder of its own, and runs it there. */
async function outcome(name: string, external: string[], source = APPLICATION): Promise<Outcome> {
  const folder = join(HERE, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'app.mjs'), source);
  await build({
    entryPoints: [join(folder, 'app.mjs')],
    outfile: join(folder, 'app.cjs'),
    bundle: true,
    platform: 'node',
    external,
    alias: external.includes('segmentation') ? {} : { segmentation: join(ROOT, 'lib/segmentation/to-segmentation.ts') },
    logLevel: 'error',
  });
  const { stdout } = await run(process.execPath, [join(folder, 'app.cjs')], { cwd: folder });
  return JSON.parse(stdout) as Outcome;
}

/** The library as a package in the application's node_modules, with class-transformer beside or below it. */
async function install(name: string, copyOfItsOwn: boolean): Promise<void> {
  const modules = join(HERE, name, 'node_modules');
  mkdirSync(join(modules, 'segmentation'), { recursive: true });
  await build({
    stdin: {
      contents: `export { mapped } from './to-segmentation.ts'; export { useClassTransformer } from './class-transformer.ts';`,
      resolveDir: join(ROOT, 'lib/segmentation'),
      loader: 'ts',
    },
    outfile: join(modules, 'segmentation/index.js'),
    bundle: true,
    platform: 'node',
    external: ['class-transformer'],
    logLevel: 'error',
  });
  cpSync(CLASS_TRANSFORMER, join(modules, 'class-transformer'), { recursive: true });
  if (copyOfItsOwn) {
    cpSync(CLASS_TRANSFORMER, join(modules, 'segmentation/node_modules/class-transformer'), { recursive: true });
  }
}

const OBEYED = { instance: { amount: 5 }, given: { amount: 5 }, declared: { amount: 5 }, literal: { a: 1 } };
const WITHHELD = { instance: {}, given: {}, declared: {}, plain: {}, literal: { a: 1 } };

beforeAll(() => rmSync(HERE, { recursive: true, force: true }));
afterAll(() => rmSync(HERE, { recursive: true, force: true }));

describe('the rules of a class', () => {
  test('are obeyed when nothing is bundled, and plain classes go as they are', async () => {
    await install('installed', false);
    expect(await outcome('installed', ['segmentation', 'class-transformer'])).toEqual({
      ...OBEYED,
      plain: { id: 1 },
      told: [],
    });
  });

  test('are obeyed when all is bundled', async () => {
    expect(await outcome('all-bundled', [])).toEqual({ ...OBEYED, plain: { id: 1 }, told: [] });
  });

  test('keep their class back when the library has a copy of its own in node_modules', async () => {
    await install('nested', true);
    const { told, ...rest } = await outcome('nested', ['segmentation', 'class-transformer']);
    expect(rest).toEqual(WITHHELD);
    expect(told.map((message) => /nothing of (\w+) is sent/.exec(message)?.[1])).toEqual(['Order', 'Plain']);
  });

  test('keep their class back when only the application is bundled', async () => {
    await install('half-bundled', false);
    const { told, ...rest } = await outcome('half-bundled', ['segmentation']);
    expect(rest).toEqual(WITHHELD);
    expect(told[0]).toContain('useClassTransformer()');
  });

  test('keep their class back when only the application is bundled and somebody else uses class-transformer', async () => {
    await install('half-bundled-validation', false);
    // Nest's ValidationPipe loads it, and no class with decorators stands in that copy.
    const source = `import { createRequire } from 'node:module'; createRequire(process.cwd() + '/x.js')('class-transformer'); ${APPLICATION}`;
    const { told, ...rest } = await outcome('half-bundled-validation', ['segmentation'], source);
    expect(rest).toEqual(WITHHELD);
    expect(told[0]).toContain('useClassTransformer()');
  });

  test('are obeyed when the application hands its copy over', async () => {
    await install('handed-over', false);
    const source = APPLICATION.replace(
      "import { mapped } from 'segmentation';",
      "import * as classTransformer from 'class-transformer'; import { mapped, useClassTransformer } from 'segmentation'; useClassTransformer(classTransformer);",
    );
    expect(await outcome('handed-over', ['segmentation'], source)).toEqual({ ...OBEYED, plain: { id: 1 }, told: [] });
  });

  test('nothing of class-transformer is loaded for literals', async () => {
    await install('literals', false);
    const folder = join(HERE, 'literals');
    const script = `
      const { mapped } = require('segmentation');
      const loaded = () => Object.keys(require.cache).some((file) => file.includes('class-transformer'));
      mapped('', { a: { b: [1] } }, { tell() {} });
      const before = loaded();
      mapped('', new (class Order {})(), { tell() {} });
      console.log(before, loaded());
    `;
    const { stdout } = await run(process.execPath, ['-e', script], { cwd: folder });
    expect(stdout).toBe('false true\n');
  });
});
