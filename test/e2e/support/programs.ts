import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Program, runProgram, startProgram } from './program.js';

const file = (path: string): string => join(__dirname, '../../..', path);

const SHOP = file('sample-app/dist/main.js');
const START = file('sample-app/dist/start/main.js');
const PACKING = file('sample-app/dist/parcels/main.js');
const WORKER = file('sample-app/dist/worker/main.js');
const INSPECTOR = file('inspector/dist/cli.js');
const LIBRARY = file('dist/nest.js');

export const APP_KEY = 'e2e-shop';

/** These tests run what ships: compiled programs, in processes of their own. */
export function requireBuild(): void {
  const missing = [LIBRARY, INSPECTOR, SHOP, START, WORKER, PACKING].filter((path) => !existsSync(path));
  if (missing.length > 0) throw new Error(`Not built: ${missing.join(', ')}. Run "npm run build" first.`);
}

export function startInspector(database: string, ...options: readonly string[]): Promise<Program> {
  return startProgram(INSPECTOR, ['--port', '0', '--db', database, ...options]);
}

export function startShop(env: Readonly<Record<string, string>>): Promise<Program> {
  return startProgram(SHOP, [], { PORT: '0', COUNTLY_APP_KEY: APP_KEY, ...env });
}

/** The worker that packs what the shop puts on a queue. */
export function startPacking(env: Readonly<Record<string, string>>): Promise<Program> {
  return startProgram(PACKING, [], { COUNTLY_APP_KEY: APP_KEY, ...env }, { ready: /waits for parcels/ });
}

/** What `npm start` runs after the build, in a process group of its own as under a terminal. */
export function startEverything(env: Readonly<Record<string, string>>, ready = /Running/): Promise<Program> {
  return startProgram(START, [], env, { ready, ownGroup: true });
}

export function runShop(env: Readonly<Record<string, string>>): Promise<Program> {
  return runProgram(SHOP, [], { COUNTLY_APP_KEY: APP_KEY, ...env });
}

export function runWorker(orders: string, env: Readonly<Record<string, string>>): Promise<Program> {
  return runProgram(WORKER, [orders], { COUNTLY_APP_KEY: APP_KEY, ...env });
}

export function runEverything(env: Readonly<Record<string, string>>): Promise<Program> {
  return runProgram(START, [], env);
}
