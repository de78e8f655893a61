import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventsOf, reportingTo } from './arrived.mjs';
import { warningsOf } from './nest-expectations.mjs';
import { inInstallSlot, run } from './processes.mjs';
import { problemsOfOurs } from './type-checks.mjs';
import { copyApp, versionOf } from './workspace.mjs';

/** Package managers that show a package nothing but what its manifest names. They come from npm like everything else. */
export const PACKAGE_MANAGERS = { pnpm: '^12.0.0', '@yarnpkg/cli-dist': '^4.18.0' };

const MANAGERS = [
  {
    name: 'pnpm',
    title: 'pnpm without hoisting',
    cli: ['pnpm', 'bin', 'pnpm.mjs'],
    files: () => ({ 'pnpm-workspace.yaml': 'hoist: false\nstrictPeerDependencies: true\n' }),
    install: (folder) => ['install', '--prefer-offline', '--store-dir', join(folder, 'store')],
    execute: ['exec'],
  },
  {
    name: '@yarnpkg/cli-dist',
    title: "Yarn Plug'n'Play",
    cli: ['@yarnpkg', 'cli-dist', 'bin', 'yarn.js'],
    files: (registry) => ({
      'yarn.lock': '',
      '.yarnrc.yml': [
        'nodeLinker: pnp',
        'pnpMode: strict',
        'enableTelemetry: false',
        'enableGlobalCache: false',
        'enableImmutableInstalls: false',
        `npmRegistryServer: ${registry}`,
        '',
      ].join('\n'),
    }),
    install: () => ['install'],
    execute: [],
  },
];

const DEPENDENCIES = {
  '@nestjs/common': '^12.0.1',
  '@nestjs/core': '^12.0.1',
  '@types/node': '^24.0.0',
  'class-transformer': '^0.5.1',
  'reflect-metadata': '^0.2.2',
  rxjs: '^7.8.1',
  typescript: '^6.0.2',
};
const COMPILER_OPTIONS = {
  module: 'nodenext',
  target: 'es2022',
  strict: true,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  outDir: 'dist',
};

/** Every entry in one application, whose own dependencies are all it names: types, classes and rules are found. */
export async function checkStrict(report, { root, installation: tools, packed: { tarball }, inspector }) {
  const { stdout: registry } = await run('npm', ['config', 'get', 'registry'], { cwd: tools });
  await Promise.all(
    MANAGERS.map(async (manager) => {
      const title = `${manager.title}, ${await versionOf(tools, manager.name)}`;
      await report.check(title, () =>
        check({ manager, title, root, tools, tarball, inspector, registry: registry.trim() }),
      );
    }),
  );
}

async function check({ manager, title, root, tools, tarball, inspector, registry }) {
  const folder = join(root, `strict-${manager.cli[0].replace('@', '')}`);
  await mkdir(folder, { recursive: true });
  await copyApp(join('everywhere', 'app.ts'), join(folder, 'app.ts'));
  const dependencies = { ...DEPENDENCIES, 'countly-weave': `file:${tarball}` };
  const manifest = { name: 'consumer-strict', version: '1.0.0', private: true, type: 'module', dependencies };
  const files = {
    'package.json': JSON.stringify(manifest),
    'tsconfig.json': JSON.stringify({ compilerOptions: COMPILER_OPTIONS, files: ['app.ts'] }),
    ...manager.files(registry),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);

  const cli = join(tools, 'node_modules', ...manager.cli);
  const manage = (args, options) => run(process.execPath, [cli, ...args], { cwd: folder, ...options });
  await manage(manager.install(folder), { timeout: 300_000, slot: inInstallSlot });
  const compiled = await manage([...manager.execute, 'tsc', '-p', '.', '--pretty', 'false'], { anyCode: true });
  const problems = problemsOfOurs(compiled.stdout);
  if (problems.length > 0) throw new Error(problems.join('\n'));

  const env = reportingTo(inspector, title, folder);
  const { stdout, stderr } = await manage([...manager.execute, 'node', join('dist', 'app.js')], { env });
  assert.deepEqual(warningsOf(stderr), []);
  assert.deepEqual(JSON.parse(stdout), { delivered: 1, pending: 0, dropped: 0 });
  assert.deepEqual(eventsOf(inspector, title), [{ device_id: 'ann', key: 'paid', segmentation: { item: 'book' } }]);
}
