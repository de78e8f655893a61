import assert from 'node:assert/strict';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './processes.mjs';
import { REPOSITORY, readJson } from './workspace.mjs';

export const TOOLS = { publint: '^0.3.25', '@arethetypeswrong/cli': '^0.18.5' };

/** What is allowed at the top of the tarball. */
const TOP = /^(dist\/.+|README\.md|CHANGELOG\.md|LICENSE|package\.json)$/;
const DIST = /^dist\/([\w-]+\.(js|mjs|d\.ts)|THIRD-PARTY-LICENSES\.txt)$/;

/** Bytes the production installation may hold: the package, and with the peers that npm brings along. */
const MAX_OWN_BYTES = 1_600_000;
const MAX_TOTAL_BYTES = 5_000_000;
const PRODUCTION = ['class-transformer', 'countly-weave', 'reflect-metadata'];

export function checkTarball(report, { packed: { files, manifest } }) {
  return report.check('tarball: only what a user needs', () => {
    const paths = files.map(({ path }) => path);
    assert.deepEqual(
      paths.filter((path) => !TOP.test(path) || (path.startsWith('dist/') && !DIST.test(path))),
      [],
    );
    for (const path of ['README.md', 'CHANGELOG.md', 'LICENSE']) assert.ok(paths.includes(path), `${path} is missing`);
    for (const entry of Object.values(manifest.exports)) {
      for (const target of typeof entry === 'string' ? [entry] : Object.values(entry)) {
        assert.ok(paths.includes(target.replace('./', '')), `${target} is exported but not in the tarball`);
      }
    }
    assert.deepEqual(
      Object.keys(manifest.scripts ?? {}).filter((name) => /^(pre|post)?install$|^prepare$/.test(name)),
      [],
    );
    return `${paths.length} files`;
  });
}

/** The two usual judges of a package's entries and types, on both packages as they are packed. */
export async function checkWithTools(report, { root, installation: tools, packed: { tarball } }) {
  const inspector = await packInspector(root);
  const attw = await binaryOf(tools, '@arethetypeswrong/cli');
  const judge = (file, ...args) => run(process.execPath, [attw, file, '--format', 'ascii', ...args], { cwd: tools });
  await Promise.all([
    report.check('publint: countly-weave', () => lint(tools, tarball)),
    report.check('publint: countly-inspector', () => lint(tools, inspector)),
    report.check('are the types wrong: countly-weave', () => judge(tarball, '--exclude-entrypoints', './compat')),
    // The drop-in is one object, whose methods look like names to TypeScript; apps/plain imports the real ones.
    report.check('are the types wrong: countly-weave/compat', () =>
      judge(tarball, '--entrypoints', './compat', '--ignore-rules', 'named-exports'),
    ),
    report.check('are the types wrong: countly-inspector', () => judge(inspector, '--profile', 'esm-only')),
  ]);
}

async function packInspector(root) {
  const folder = join(root, 'packed-inspector');
  await mkdir(folder, { recursive: true });
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const { stdout } = await run('npm', args, { cwd: join(REPOSITORY, 'inspector') });
  const [{ filename }] = JSON.parse(stdout);
  return join(folder, filename);
}

async function lint(tools, tarball) {
  const publint = join(tools, 'node_modules', 'publint', 'src', 'cli.js');
  const { stdout } = await run(process.execPath, [publint, 'run', tarball, '--strict'], { cwd: tools });
  // Suggestions do not change its exit code; here they count, as none is ignored.
  if (!/^All good!$/m.test(stdout)) throw new Error(stdout);
}

async function binaryOf(tools, name) {
  const { bin } = await readJson(tools, 'node_modules', name, 'package.json');
  return join(tools, 'node_modules', name, Object.values(bin)[0]);
}

/** `npm install` of the package alone, which brings its obligatory peers: pure JavaScript, nothing run, and how large. */
export function checkProductionInstall(report, { installation }) {
  return report.check('production installation: no native code, no install scripts', async () => {
    const modules = join(installation, 'node_modules');
    const { packages } = await readJson(modules, '.package-lock.json');
    assert.deepEqual(
      Object.keys(packages).map((path) => path.replace(/^node_modules\//, '')),
      PRODUCTION,
    );
    const sizes = [];
    for (const [path, { hasInstallScript }] of Object.entries(packages)) {
      assert.ok(!hasInstallScript, `${path} runs a script when it is installed`);
      const { bytes, files } = await measure(join(installation, path));
      assert.deepEqual(
        files.filter((file) => /\.(node|gyp|gypi|wasm)$/.test(file)),
        [],
      );
      sizes.push([path.replace(/^node_modules\//, ''), bytes]);
    }
    const total = sizes.reduce((sum, [, bytes]) => sum + bytes, 0);
    const own = Object.fromEntries(sizes)['countly-weave'];
    report.note(`production installation: ${total} bytes: ${sizes.map((pair) => pair.join(' ')).join(', ')}`);
    assert.ok(own <= MAX_OWN_BYTES, `the package holds ${own} bytes`);
    assert.ok(total <= MAX_TOTAL_BYTES, `the installation holds ${total} bytes`);
    return `${total} bytes`;
  });
}

async function measure(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  return { files, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}
