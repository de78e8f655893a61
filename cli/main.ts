#!/usr/bin/env node
import { HELP, readArguments } from './arguments.js';
import { runPlan } from './plan-command.js';

const FAILED = 1;
const USAGE_ERROR = 2;

/** The exit code. */
async function main(): Promise<number> {
  const read = readArguments(process.argv.slice(2));
  if (read.kind === 'help') {
    console.log(HELP);
    return 0;
  }
  if (read.kind === 'wrong') {
    console.error(`countly-weave: ${read.message}\nTry countly-weave --help.`);
    return USAGE_ERROR;
  }
  return runPlan(read.task);
}

main()
  .catch((error: unknown) => {
    console.error(`countly-weave: ${error instanceof Error ? error.message : String(error)}`);
    return FAILED;
  })
  .then((code) => {
    // What was loaded may hold timers and pools; nobody waits for those. What was printed must be out before.
    process.exitCode = code;
    process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
  });
