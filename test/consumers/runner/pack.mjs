import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './processes.mjs';
import { REPOSITORY, readJson } from './workspace.mjs';

/** Packs the repository (or takes what was packed before); gives the tarball, its list of files and its manifest. */
export async function packOnce(root, given) {
  const folder = join(root, 'packed');
  await mkdir(folder, { recursive: true });
  // Packing a tarball again gives its list of files in the same form.
  const source = given === undefined ? [] : [given];
  const { stdout } = await run('npm', ['pack', ...source, '--json', '--pack-destination', folder], { cwd: REPOSITORY });
  const [{ filename, files }] = JSON.parse(stdout);
  if (!files.some(({ path }) => path.startsWith('dist/')))
    throw new Error('there is no dist: run `npm run build` first');
  const tarball = join(folder, filename);
  await run('tar', ['-xzf', tarball, '-C', folder]);
  const manifest = await readJson(folder, 'package', 'package.json');
  return { tarball, files, manifest, entries: entriesOf(manifest) };
}

/** Packs the inspector; gives the tarball. */
export async function packInspector(root) {
  const args = ['pack', '--workspace', 'countly-inspector', '--json', '--pack-destination', root];
  const { stdout } = await run('npm', args, { cwd: REPOSITORY });
  const [{ filename }] = JSON.parse(stdout);
  return join(root, filename);
}

/** Names of the entries; the templates in apps/types are called like them, with a dash for each slash. */
function entriesOf({ exports }) {
  return Object.keys(exports)
    .filter((path) => path !== './package.json')
    .map((path) => (path === '.' ? 'root' : path.slice(2)));
}
