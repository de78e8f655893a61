// All benchmarks, one after the other, with durations that end within a quarter of an hour on a quiet machine.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const files = ['record', 'deliver', 'cold', 'weave', 'http', 'soak'];
let failed = 0;
for (const file of files) {
  console.error(`== ${file}`);
  const { status } = spawnSync(
    process.execPath,
    [fileURLToPath(new URL(`${file}.mjs`, import.meta.url)), ...process.argv.slice(2)],
    { stdio: 'inherit', env: { SOAK_SECONDS: '60', ...process.env } },
  );
  if (status !== 0) failed++;
}
process.exitCode = failed;
