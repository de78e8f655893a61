import { join } from 'node:path';
import { install, versionOf } from './workspace.mjs';

/** The lines the package promises to run on, and the oldest release of the oldest one. */
export const NODE_LINES = ['20', '22', '24', '26'];
export const NODE_FLOOR = '20.19.0';

/**
 * Node by wanted version, oldest first: `{ wish, version, path }`, newest of its line. The binaries come as npm packages that
 * hold nothing else, so one ordinary installation brings them all. The line this script runs on is here already.
 */
export async function installNodes(root, wanted) {
  const here = process.versions.node;
  const missing = wanted.filter((wish) => !`${here}.`.startsWith(`${wish}.`));
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const alias = (wish) => `node-${wish}`;
  const source = (wish) => `npm:node-${platform}-${process.arch}@${wish}`;
  const dependencies = Object.fromEntries(missing.map((wish) => [alias(wish), source(wish)]));
  const folder = missing.length > 0 ? await install(root, 'nodes', dependencies) : root;
  const binary = process.platform === 'win32' ? ['bin', 'node.exe'] : ['bin', 'node'];
  const nodes = wanted.map(async (wish) => {
    if (!missing.includes(wish)) return { wish, version: here, path: process.execPath };
    const path = join(folder, 'node_modules', alias(wish), ...binary);
    // Some of these packages have a `v` in front of their version.
    return { wish, version: (await versionOf(folder, alias(wish))).replace(/^v/, ''), path };
  });
  return (await Promise.all(nodes)).sort((a, b) => a.version.localeCompare(b.version, 'en', { numeric: true }));
}
