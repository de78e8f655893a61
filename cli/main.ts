#!/usr/bin/env node
import { SDK_VERSION } from '../lib/internal.js';
import { HELP, readArguments } from './arguments.js';
import { readFleetArguments } from './fleet-arguments.js';
import { runFleetStatus } from './fleet-command.js';
import { complain, end, print } from './output.js';
import { runPlan } from './plan-command.js';
import { runRelay } from './relay-command.js';

const FAILED = 1;
const USAGE_ERROR = 2;

/** The exit code. */
async function main(): Promise<number> {
  const argv = process.argv.slice(2);
  const read = readFleetArguments(argv, process.env) ?? readArguments(argv);
  if (read.kind === 'help') {
    print(HELP);
    return 0;
  }
  if (read.kind === 'version') {
    print(SDK_VERSION);
    return 0;
  }
  if (read.kind === 'wrong') {
    complain(`countly-weave: ${read.message}\nTry countly-weave --help.`);
    return USAGE_ERROR;
  }
  if (read.kind === 'relay') return runRelay(read.task);
  if (read.kind === 'status') return runFleetStatus(read.task);
  return runPlan(read.task);
}

main()
  .catch((error: unknown) => {
    complain(`countly-weave: ${error instanceof Error ? error.message : String(error)}`);
    return FAILED;
  })
  // What was loaded may hold timers and pools; nobody waits for those.
  .then(end);
