import { join } from 'node:path';
import { compileNestApp } from './compile.mjs';
import { assertCleanEnd, assertRecorded } from './nest-expectations.mjs';
import { buildName, NEST_MAJORS } from './nest-majors.mjs';
import { serveOnce } from './nest-traffic.mjs';
import { NODE_FLOOR } from './nodes.mjs';
import { checkEntries } from './plain-checks.mjs';
import { versionOf } from './workspace.mjs';

const PLATFORMS = ['express', 'fastify'];

/**
 * One Nest major: every build compiled once, then the same output on every Node. The first build of each module system
 * runs on all of them, the others where compilers could make a difference: once, on the newest.
 */
export async function checkNest(report, { installation, nest, nodes, packed: { entries }, inspector }) {
  const version = await versionOf(installation, '@nestjs/core');
  const { builds } = NEST_MAJORS[nest];
  const loaded = checkEntries(report, { installation, nodes, entries, where: `Nest ${version}` });
  await Promise.all(
    builds.map(async (build) => {
      const first = builds.find(({ module }) => module === build.module) === build;
      const name = `Nest ${version}, ${buildName(build)}`;
      let folder;
      await report.check(`${name}: compiles`, async () => {
        folder = await compileNestApp(installation, build);
      });
      const runs = first ? runsOn(nodes) : [{ node: nodes.at(-1), platform: 'fastify' }];
      await Promise.all(
        runs.map(({ node, platform }) =>
          report.check(`${name}, ${platform}, Node ${node.version}`, () => {
            if (folder === undefined) throw new Error('there is nothing to run: it did not compile');
            return boot({ node, platform, folder, appKey: `${name}-${platform}-${node.version}` });
          }),
        ),
      );
    }),
  );
  await loaded;

  async function boot({ node, platform, folder, appKey }) {
    const result = await serveOnce(node.path, join('dist', `${platform}.js`), {
      cwd: folder,
      url: inspector.url,
      appKey,
      storagePath: join(folder, 'state', `${platform}-${node.version}`),
    });
    assertCleanEnd(result);
    assertRecorded(inspector, appKey);
  }
}

/**
 * Both platforms on the oldest and the newest line, one each on those between. The oldest release of all differs in how modules
 * load, not in HTTP: one platform is enough there, too.
 */
function runsOn(nodes) {
  const lines = nodes.filter(({ wish }) => wish !== NODE_FLOOR);
  return nodes.flatMap((node) => {
    const isEnd = node === lines.at(0) || node === lines.at(-1);
    const platforms = isEnd ? PLATFORMS : [PLATFORMS[nodes.indexOf(node) % PLATFORMS.length]];
    return platforms.map((platform) => ({ node, platform }));
  });
}
