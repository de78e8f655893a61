import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventsOf, reportingTo } from './arrived.mjs';
import { tscOf } from './compile.mjs';
import { warningsOf } from './nest-expectations.mjs';
import { run } from './processes.mjs';
import { problemsOfOurs } from './type-checks.mjs';
import { copyApp, versionOf } from './workspace.mjs';

/** From the oldest TypeScript whose standard decorators are those of the language to the newest on npm. */
const COMPILERS = {
  'typescript-5.2': '~5.2.2',
  'typescript-5.6': '~5.6.3',
  'typescript-5': '^5.9.0',
  'typescript-6': '^6.0.0',
  typescript: 'latest',
};
export const LANGUAGES = {
  ...Object.fromEntries(
    Object.entries(COMPILERS).map(([name, range]) => [name, name === 'typescript' ? range : `npm:typescript@${range}`]),
  ),
  // Types of Node that TypeScript 5.2 can still read.
  '@types/node': '~20.19.0',
};

const DIALECTS = [
  { dialect: 'legacy', type: 'commonjs', options: { experimentalDecorators: true, emitDecoratorMetadata: true } },
  { dialect: 'standard', type: 'module', options: {} },
];

/** Both dialects of decorators under every TypeScript: our declarations checked, the output run, its event arrived. */
export async function checkLanguages(report, { installation, nodes, inspector }) {
  const node = nodes.at(-1);
  await Promise.all(
    Object.keys(COMPILERS).flatMap((compiler) =>
      DIALECTS.map(async ({ dialect, type, options }) => {
        const name = `TypeScript ${await versionOf(installation, compiler)}, ${dialect} decorators`;
        await report.check(name, async () => {
          const folder = join(installation, `${compiler}-${dialect}`);
          await compile({ installation, folder, compiler, dialect, type, options });
          const env = reportingTo(inspector, name, folder);
          const { stderr } = await run(node.path, [join('dist', `${dialect}.js`)], {
            cwd: folder,
            env,
            timeout: 30_000,
          });
          assert.deepEqual(warningsOf(stderr), []);
          assert.deepEqual(eventsOf(inspector, name), [
            { device_id: 'ann', key: 'paid', segmentation: { item: 'book' } },
          ]);
        });
      }),
    ),
  );
}

async function compile({ installation, folder, compiler, dialect, type, options }) {
  await mkdir(folder, { recursive: true });
  await copyApp(join('languages', `${dialect}.ts`), join(folder, `${dialect}.ts`));
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type }));
  const compilerOptions = {
    module: 'nodenext',
    moduleResolution: 'nodenext',
    target: 'es2022',
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    outDir: 'dist',
    rootDir: '.',
    ...options,
  };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [`${dialect}.ts`] }));
  const args = [tscOf(installation, compiler), '-p', '.', '--pretty', 'false'];
  const { stdout } = await run(process.execPath, args, { cwd: folder, anyCode: true });
  const problems = problemsOfOurs(stdout);
  if (problems.length > 0) throw new Error(problems.join('\n'));
}
