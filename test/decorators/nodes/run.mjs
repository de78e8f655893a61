// Runs the decorator tests, as the six compilers made them, on several lines of Node.js: `npm run test:nodes [-- 22 24]`.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const script = fileURLToPath(new URL('run-cases.cjs', import.meta.url));
const lines = process.argv.length > 2 ? process.argv.slice(2) : ['20', '22', '24', '26'];

function run(command, args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' });
  return status === 0;
}

// What an earlier version left must not be what is tested.
for (const tool of ['tsc', 'swc', 'esbuild']) {
  for (const dialect of ['standard', 'legacy']) {
    rmSync(`${root}/.test-out/${tool}-${dialect}`, { recursive: true, force: true, maxRetries: 10 });
  }
}
if (!run('npx', ['vitest', 'run', 'test/decorators/compiled.test.ts'])) process.exit(1);

const failed = lines.filter((line) => {
  const here = process.versions.node.startsWith(`${line}.`);
  return !(here ? run(process.execPath, [script]) : run('npx', ['-y', '-p', `node@${line}`, 'node', script]));
});
if (failed.length > 0) {
  process.stderr.write(`Failed on Node ${failed.join(', ')}.\n`);
  process.exit(1);
}
