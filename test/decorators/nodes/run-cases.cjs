// Runs the compiled case files with the Node.js that runs this script; see run.mjs. The cases know no test runner.
const { readdirSync } = require('node:fs');
const { join, resolve } = require('node:path');

const OUT = resolve(__dirname, '../../../.test-out');
const COMPILED = /^(tsc|swc|esbuild)-(standard|legacy)$/;

async function main() {
  const failures = [];
  let count = 0;
  const compilers = readdirSync(OUT).filter((name) => COMPILED.test(name));
  if (compilers.length !== 6)
    throw new Error(`expected six compiled versions in ${OUT}, found ${compilers.join(', ')}`);
  for (const compiler of compilers) {
    const folder = join(OUT, compiler, 'test/decorators/cases');
    for (const file of readdirSync(folder)) {
      const { cases } = require(join(folder, file));
      for (const [title, run] of Object.entries(cases ?? {})) {
        count++;
        try {
          await run();
        } catch (error) {
          failures.push(`${compiler} ${file} ${title}: ${error.stack}`);
        }
      }
    }
  }
  for (const failure of failures) process.stderr.write(`${failure}\n`);
  process.stdout.write(
    `Node ${process.version}: ${count - failures.length} of ${count} compiled decorator cases passed\n`,
  );
  process.exitCode = failures.length > 0 || count === 0 ? 1 : 0;
}

main();
