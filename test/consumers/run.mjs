// Proof that the packed package works for its consumers; see README.md beside this file.
import { performance } from 'node:perf_hooks';
import { startInspector } from 'countly-inspector';
import { BUNDLERS, checkBundlers, checkRuntimes, RUNTIMES } from './runner/everywhere-checks.mjs';
import { checkNest } from './runner/nest-checks.mjs';
import { NEST_MAJORS } from './runner/nest-majors.mjs';
import { installNodes, NODE_FLOOR } from './runner/nodes.mjs';
import { readOptions, USAGE } from './runner/options.mjs';
import { packInspector, packOnce } from './runner/pack.mjs';
import { checkProductionInstall, checkTarball, checkWithTools, TOOLS } from './runner/package-checks.mjs';
import { checkPlainApps } from './runner/plain-checks.mjs';
import { Report } from './runner/report.mjs';
import { checkRules, RULES } from './runner/rules-checks.mjs';
import { checkJest, checkVitest, JEST, VITEST } from './runner/test-runner-checks.mjs';
import { checkTypes } from './runner/type-checks.mjs';
import { install, makeWorkspace } from './runner/workspace.mjs';

const PRODUCTION = ['--omit=dev', '--omit=optional'];

async function main(options) {
  const begin = performance.now();
  const report = new Report();
  const workspace = await makeWorkspace();
  const inspector = await startInspector({ port: 0, database: ':memory:' });
  try {
    await report.check('everything asked for was run', () => runAreas(report, workspace.root, inspector, options));
  } finally {
    await inspector.close();
    if (options.keep) report.note(`the consumers are in ${workspace.root}`);
    else await workspace.remove();
  }
  report.note(`${Math.round((performance.now() - begin) / 1000)} s${options.whole ? '' : ', a part of the matrix'}`);
  return report.close();
}

/** Starts all areas at once; the slots of processes.mjs put their work in order. */
async function runAreas(report, root, inspector, { only, nest, node, tarball: given }) {
  const packed = await packOnce(root, given);
  const { tarball, entries } = packed;
  const wants = (area) => only.includes(area);
  const withPackage = (dependencies) => ({ ...dependencies, 'countly-weave': `file:${tarball}` });

  const nodes = ['plain', 'nest', 'jest', 'vitest', 'bundlers'].some(wants)
    ? installNodes(root, node)
    : Promise.resolve([]);
  const areas = [];
  if (wants('nest') || wants('types')) {
    for (const major of nest) {
      const installed = install(root, `nest-${major}`, withPackage(NEST_MAJORS[major].dependencies));
      areas.push(
        installed.then(async (installation) => {
          const parts = [];
          if (wants('nest')) {
            parts.push(checkNest(report, { installation, nest: major, nodes: await nodes, entries, inspector }));
          }
          if (wants('types')) parts.push(checkTypes(report, { installation, nest: major, entries }));
          await settle(parts);
        }),
      );
    }
  }
  if (wants('package') || wants('plain')) {
    const installed = install(root, 'production', withPackage({}), { flags: PRODUCTION });
    areas.push(
      installed.then(async (installation) => {
        if (wants('package')) await checkProductionInstall(report, installation);
        if (wants('plain')) await checkPlainApps(report, { installation, nodes: await nodes, inspector, entries });
      }),
    );
  }
  if (wants('package')) {
    areas.push(checkTarball(report, packed));
    areas.push(install(root, 'tools', TOOLS).then((tools) => checkWithTools(report, { tools, tarball })));
  }
  if (wants('jest')) {
    const installed = install(root, 'jest', withPackage(JEST));
    areas.push(installed.then(async (installation) => checkJest(report, { installation, nodes: ends(await nodes) })));
  }
  if (wants('vitest')) {
    const inspectorToo = { ...VITEST, 'countly-inspector': `file:${await packInspector(root)}` };
    const installed = install(root, 'vitest', withPackage(inspectorToo), { packageJson: { type: 'module' } });
    areas.push(installed.then(async (installation) => checkVitest(report, { installation, nodes: ends(await nodes) })));
  }
  if (wants('runtimes')) {
    const installed = install(root, 'runtimes', withPackage(RUNTIMES), { packageJson: { type: 'module' } });
    areas.push(installed.then((installation) => checkRuntimes(report, { installation, inspector })));
  }
  if (wants('rules')) {
    const installed = install(root, 'rules', withPackage(RULES), { packageJson: { type: 'module' } });
    areas.push(installed.then((installation) => checkRules(report, { installation })));
  }
  if (wants('bundlers')) {
    const installed = install(root, 'bundlers', withPackage(BUNDLERS), { packageJson: { type: 'module' } });
    areas.push(
      installed.then(async (installation) =>
        checkBundlers(report, { installation, inspector, nodes: ends(await nodes) }),
      ),
    );
  }
  await settle(areas);
}

/** Oldest and newest line: test runners bring their own module loader, so the lines between tell nothing new. */
function ends(nodes) {
  const lines = nodes.filter(({ wish }) => wish !== NODE_FLOOR);
  return [...new Set([lines.at(0) ?? nodes[0], lines.at(-1) ?? nodes[0]])];
}

/** Waits for all, so that one area that cannot be prepared does not hide the others; then tells everything that failed. */
async function settle(promises) {
  const failures = (await Promise.allSettled(promises)).filter(({ status }) => status === 'rejected');
  if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason.message).join('\n'));
}

async function start() {
  let options;
  try {
    options = readOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error.message}\n\n${USAGE}\n`);
    return 2;
  }
  if (options.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  return main(options);
}

process.exitCode = await start();
