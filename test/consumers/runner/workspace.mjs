import { rmSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inInstallSlot, killChildren, run } from './processes.mjs';

export const APPS = fileURLToPath(new URL('../apps/', import.meta.url));
export const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));

/** The folder everything happens in: outside the repository, so that no consumer can find our node_modules. */
export async function makeWorkspace() {
  const root = await mkdtemp(join(tmpdir(), 'countly-weave-consumers-'));
  // More than a gigabyte: not to be left behind when the run is cut short either.
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      killChildren();
      rmSync(root, { recursive: true, force: true, maxRetries: 3 });
      process.exit(1);
    });
  }
  return { root, remove: () => rm(root, { recursive: true, force: true, maxRetries: 3 }) };
}

/** An ordinary installation in a folder of its own; gives its path. */
export async function install(root, name, dependencies, { flags = [], packageJson = {} } = {}) {
  const folder = join(root, name);
  await mkdir(folder, { recursive: true });
  const manifest = { name: `consumer-${name}`, version: '1.0.0', private: true, ...packageJson, dependencies };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest, null, 2));
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error', ...flags], {
    cwd: folder,
    timeout: 300_000,
    slot: inInstallSlot,
  });
  return folder;
}

/** Copies a template of apps/ to where it shall run. */
export function copyApp(template, target) {
  return cp(join(APPS, template), target, { recursive: true });
}

export async function readJson(...path) {
  return JSON.parse(await readFile(join(...path), 'utf8'));
}

/** Version of an installed package. */
export async function versionOf(folder, name) {
  return (await readJson(folder, 'node_modules', name, 'package.json')).version;
}
