import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assertCleanEnd, assertRecorded } from './nest-expectations.mjs';
import { NEST_MAJORS } from './nest-majors.mjs';
import { serveOnce } from './nest-traffic.mjs';
import { run } from './processes.mjs';
import { copyApp, versionOf } from './workspace.mjs';

/** What `nest new` installs, and what the builders of `nest build` want beside it. */
export const NEST_CLI = {
  ...NEST_MAJORS[12].dependencies,
  '@nestjs/cli': '^12.0.8',
  '@swc/cli': '^0.8.1',
  'fork-ts-checker-webpack-plugin': '^9.1.0',
  'ts-loader': '^9.5.4',
  'tsconfig-paths-webpack-plugin': '^4.2.0',
  typescript: '^6.0.2',
  webpack: '^5.105.4',
  'webpack-node-externals': '^3.0.0',
};

/** webpack is for projects of CommonJS only, says the command itself. */
const BUILDERS = [
  { builder: 'tsc', type: 'module' },
  { builder: 'swc', type: 'module' },
  { builder: 'webpack', type: 'commonjs' },
];

/** The application of apps/nest as `nest build` makes it with each of its builders, then served like the others. */
export async function checkNestCli(report, { installation, nodes, inspector }) {
  const version = await versionOf(installation, '@nestjs/cli');
  const node = nodes.at(-1);
  await Promise.all(
    BUILDERS.map(({ builder, type }) =>
      report.check(`nest build ${version} with ${builder}, Node ${node.version}`, async () => {
        const folder = await build(installation, builder, type, node);
        const appKey = `nest-build-${builder}`;
        const result = await serveOnce(node.path, join('dist', 'fastify.js'), {
          cwd: folder,
          url: inspector.url,
          appKey,
          storagePath: join(folder, 'state'),
        });
        assertCleanEnd(result);
        assertRecorded(inspector, appKey);
      }),
    ),
  );
}

async function build(installation, builder, type, node) {
  const folder = join(installation, `built-with-${builder}`);
  await copyApp('nest', folder);
  await copyApp('nest-cli', folder);
  // The command and webpack look for packages in the folder of the project alone.
  await symlink(join(installation, 'node_modules'), join(folder, 'node_modules'), 'dir');
  const settings = {
    collection: '@nestjs/schematics',
    sourceRoot: 'src',
    entryFile: 'fastify',
    compilerOptions: {
      builder,
      deleteOutDir: true,
      tsConfigPath: 'tsconfig.nodenext.json',
      ...(builder === 'webpack' ? { webpackConfigPath: 'webpack.config.cjs' } : {}),
    },
  };
  await writeFile(join(folder, 'nest-cli.json'), JSON.stringify(settings));
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type }));
  const cli = join(installation, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js');
  await run(node.path, [cli, 'build'], { cwd: folder });
  return folder;
}
