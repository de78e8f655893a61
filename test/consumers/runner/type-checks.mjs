import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tscOf } from './compile.mjs';
import { run } from './processes.mjs';
import { copyApp, versionOf } from './workspace.mjs';

const NODE10 = { module: 'commonjs', moduleResolution: 'node10' };
const NODE16 = { module: 'node16', moduleResolution: 'node16' };
const NODENEXT = { module: 'nodenext', moduleResolution: 'nodenext' };
const BUNDLER = { module: 'esnext', moduleResolution: 'bundler' };
const COMMONJS = 'commonjs';
const ESM = 'module';

/**
 * How a TypeScript project may look for the package. node10 knows no `exports` and lives from `typesVersions`;
 * TypeScript 6 and 7 have let go of it. node16 holds that a CommonJS package like ours cannot load one of ES modules like
 * Nest 12 (Node could not, then), so declarations are not checked there; `nodenext` is what the template of Nest 12 has.
 */
const CASES = [
  { nest: '10', compiler: 'typescript', type: COMMONJS, mode: NODE10 },
  { nest: '10', compiler: 'typescript', type: ESM, mode: NODE16 },
  { nest: '11', compiler: 'typescript', type: COMMONJS, mode: NODE10 },
  { nest: '11', compiler: 'typescript', type: COMMONJS, mode: NODE16 },
  { nest: '11', compiler: 'typescript', type: ESM, mode: NODENEXT },
  { nest: '11', compiler: 'typescript', type: ESM, mode: BUNDLER },
  { nest: '12', compiler: 'typescript-6', type: COMMONJS, mode: NODENEXT },
  { nest: '12', compiler: 'typescript-6', type: ESM, mode: NODE16, skipLibCheck: true },
  { nest: '12', compiler: 'typescript', type: COMMONJS, mode: NODENEXT },
  { nest: '12', compiler: 'typescript', type: ESM, mode: NODENEXT },
  { nest: '12', compiler: 'typescript', type: ESM, mode: BUNDLER },
];

/** Type checks every entry of the package, its declarations included, as projects of that Nest major would. */
export async function checkTypes(report, { installation, nest, packed: { entries } }) {
  const cases = CASES.filter((one) => one.nest === nest);
  await Promise.all(
    cases.map(async (one) => {
      const version = await versionOf(installation, one.compiler);
      const depth = one.skipLibCheck ? ', skipLibCheck' : '';
      const name = `types: Nest ${nest}, TypeScript ${version}, ${one.mode.moduleResolution}, ${one.type}${depth}`;
      await report.check(name, () => check(installation, entries, one));
    }),
  );
}

async function check(installation, entries, { compiler, type, mode, skipLibCheck = false }) {
  const folder = join(installation, `types-${compiler}-${type}-${mode.moduleResolution}`);
  await mkdir(folder, { recursive: true });
  await copyApp('types', folder);
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type }));
  const compilerOptions = {
    ...mode,
    target: 'es2022',
    lib: ['es2022'],
    types: ['node'],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    noEmit: true,
    skipLibCheck,
  };
  const files = entries.map((entry) => `${entry.replaceAll('/', '-')}.ts`);
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
  const { code, stdout } = await run(
    process.execPath,
    [tscOf(installation, compiler), '-p', '.', '--pretty', 'false'],
    {
      cwd: folder,
      anyCode: true,
    },
  );
  const problems = stdout.split('\n').filter((line) => PROBLEM.test(line));
  const ours = problemsOfOurs(stdout);
  if (ours.length > 0) throw new Error(ours.join('\n'));
  if (code !== 0 && problems.length === 0) throw new Error(stdout);
  return problems.length > 0 ? `${problems.length} problems in other packages' declarations` : undefined;
}

const PROBLEM = /error TS\d+/;

/** What a compiler said of the project and of our declarations. */
export function problemsOfOurs(stdout) {
  return stdout.split('\n').filter((line) => PROBLEM.test(line) && !isForeign(line));
}

/** A mistake in the declarations of someone else's package, which a project would have without us as well. */
function isForeign(line) {
  const [file] = line.split('(');
  return /node_modules[\\/]/.test(file) && !/node_modules[\\/]countly-weave[\\/]/.test(file);
}
