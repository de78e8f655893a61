// Proof that the packed package works for its consumers; see README.md beside this file.
import { performance } from 'node:perf_hooks';
import { startInspector } from 'countly-inspector';
import { AREAS, INSTALLATIONS } from './runner/areas.mjs';
import { installNodes, NODE_FLOOR } from './runner/nodes.mjs';
import { readOptions, USAGE } from './runner/options.mjs';
import { packInspector, packOnce } from './runner/pack.mjs';
import { Report } from './runner/report.mjs';
import { install, makeWorkspace } from './runner/workspace.mjs';

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
async function runAreas(report, root, inspector, { only, nest, node, tarball }) {
  const packed = await packOnce(root, tarball);
  const wanted = AREAS.filter((one) => only.includes(one.area) && (one.nest === undefined || nest.includes(one.nest)));
  const nodes = wanted.some((one) => one.nodes !== undefined) ? installNodes(root, node) : Promise.resolve([]);
  // Once each, before anything is waited for.
  const names = [...new Set(wanted.map(({ installation }) => installation))].filter((name) => name !== undefined);
  const installed = new Map(names.map((name) => [name, installOnce(root, name, packed)]));
  await settle(
    wanted.map(async (one) => {
      const installation = await installed.get(one.installation);
      const under = one.nodes === 'ends' ? ends(await nodes) : one.nodes === 'all' ? await nodes : [];
      await one.check(report, { root, installation, inspector, packed, nodes: under, nest: one.nest });
    }),
  );
}

async function installOnce(root, name, { tarball }) {
  const { dependencies, bare = false, inspector = false, ...options } = INSTALLATIONS[name];
  const all = bare ? { ...dependencies } : { ...dependencies, 'countly-weave': `file:${tarball}` };
  if (inspector) all['countly-inspector'] = `file:${await packInspector(root)}`;
  return install(root, name, all, options);
}

/** Oldest and newest line. */
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
