// All benchmarks, one after the other, under each Node of `--node path,path`, and one table at the end (summary.mjs).
import { execFileSync, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readOptions } from './support/options.mjs';

/** These measure under several Nodes by themselves, in turn, because they compare them. */
const WITH_NODES = ['cold', 'http', 'durability'];
const ALONE = ['record', 'deliver', 'weave', 'soak', 'fleet', 'comparison'];

const { nodes } = readOptions();
const args = process.argv.slice(2);
const at = args.indexOf('--node');
const withoutNodes = at === -1 ? args : args.toSpliced(at, 2);
let failed = 0;

function run(file, node, args, label) {
  console.error(`== ${file} ${label ?? ''}`);
  const script = fileURLToPath(new URL(`${file}.mjs`, import.meta.url));
  const env = { SOAK_SECONDS: '60', ...process.env, ...(label === undefined ? {} : { BENCH_LABEL: label }) };
  const { status } = spawnSync(node, [script, ...args], { stdio: 'inherit', env });
  if (status !== 0) failed++;
}

// Nothing of an earlier day is to stand in the table.
rmSync(new URL('results/', import.meta.url), { recursive: true, force: true });
for (const file of WITH_NODES) run(file, process.execPath, args);
for (const file of ALONE) {
  for (const node of nodes)
    run(file, node, withoutNodes, execFileSync(node, ['--version'], { encoding: 'utf8' }).trim());
}
run('summary', process.execPath, []);
process.exitCode = failed;
