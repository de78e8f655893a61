import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventsOf, reportingTo } from './arrived.mjs';
import { warningsOf } from './nest-expectations.mjs';
import { run } from './processes.mjs';
import { copyApp, versionOf } from './workspace.mjs';

const NEST = {
  '@nestjs/common': '^12.0.1',
  '@nestjs/core': '^12.0.1',
  rxjs: '^7.8.1',
};
export const RUNTIMES = { ...NEST, bun: '^1.4.0', deno: '^2.9.0', tsx: '^4.20.0' };
export const BUNDLERS = {
  ...NEST,
  '@rollup/plugin-commonjs': '^29.0.0',
  '@rollup/plugin-node-resolve': '^16.0.0',
  esbuild: '^0.28.0',
  rollup: '^4.60.0',
  webpack: '^5.100.0',
};

/**
 * The TypeScript of apps/everywhere, as these runtimes take it. tsx runs it as CommonJS: in a project of ES modules it gives whoever
 * imports an ES module and whoever requires it a copy each, which Nest 12 does not survive, with any package of CommonJS.
 */
export async function checkRuntimes(report, { installation, inspector, nodes }) {
  const commonjs = join(installation, 'commonjs');
  await mkdir(commonjs);
  await Promise.all([installation, commonjs].map((folder) => copyApp('everywhere', folder)));
  await writeFile(join(commonjs, 'package.json'), JSON.stringify({ private: true, type: 'commonjs' }));
  const binary = (name) => join(installation, 'node_modules', '.bin', name);
  const tsx = join(installation, 'node_modules', 'tsx', 'dist', 'cli.mjs');
  const commands = [
    { runtime: 'bun', name: 'bun', command: [binary('bun'), 'app.ts'] },
    { runtime: 'deno', name: 'deno', command: [binary('deno'), 'run', '--allow-all', 'app.ts'] },
    ...nodes.map(({ path, version }) => ({
      runtime: 'tsx',
      name: `tsx on Node ${version}`,
      command: [path, tsx, 'app.ts'],
      cwd: commonjs,
    })),
  ];
  await Promise.all(
    commands.map(async ({ runtime, name, command, cwd = installation }) => {
      const version = await versionOf(installation, runtime);
      await report.check(`every entry in one process, ${name}, ${runtime} ${version}`, () =>
        check({ installation: cwd, inspector, name, command }),
      );
    }),
  );
}

/** The same application bundled, the package within, and run on every Node. */
export async function checkBundlers(report, { installation, inspector, nodes }) {
  await copyApp('everywhere', installation);
  const { stdout } = await run(process.execPath, ['bundle.mjs'], { cwd: installation });
  const jobs = Object.entries(JSON.parse(stdout)).map(async ([bundler, said]) => {
    const version = await versionOf(installation, bundler);
    await report.check(`${bundler} ${version}: bundles without a word about the package`, () => {
      assert.deepEqual(
        said.filter((line) => /node_modules.countly-weave/.test(line)),
        [],
      );
    });
    for (const node of nodes) {
      await report.check(`${bundler} ${version}: one copy within the bundle, Node ${node.version}`, () =>
        check({
          installation,
          inspector,
          name: `${bundler}-${node.version}`,
          command: [node.path, `${bundler}.mjs`],
        }),
      );
    }
  });
  await Promise.all(jobs);
}

async function check({ installation, inspector, name, command: [command, ...args] }) {
  const env = reportingTo(inspector, name, installation);
  const { stdout, stderr } = await run(command, args, { cwd: installation, env, timeout: 60_000 });
  assert.deepEqual(warningsOf(stderr), []);
  assert.deepEqual(JSON.parse(stdout), { delivered: 1, pending: 0, dropped: 0 });
  // What class-transformer was told holds within a bundle as well: no e-mail.
  assert.deepEqual(eventsOf(inspector, name), [{ device_id: 'ann', key: 'paid', segmentation: { item: 'book' } }]);
}
