// Runs scenarios on one SDK, as an application would: each phase on a copy of the module of its own, so that scenarios
// do not meet although both SDKs keep their state in the module. Plain JavaScript, because it runs outside the tests.

import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire } from 'node:module';
import { scenarios } from './scenarios.mjs';

const require = createRequire(import.meta.url);
const [module] = process.argv.slice(2);
const file = require.resolve(module);
const running = new AsyncLocalStorage();
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function freshCopy() {
  const known = require(file);
  // The compat is a class; the official SDK keeps its state in its modules.
  if (known.CountlySdk) return new known.CountlySdk();
  for (const path of Object.keys(require.cache)) if (path.includes(module)) delete require.cache[path];
  return require(file);
}

async function run({ id, name, phase, conf }) {
  const scenario = scenarios.find((one) => one.name === name);
  try {
    const observed = await running.run({ id }, () => scenario.phases[phase](freshCopy(), { conf, sleep }));
    process.send({ id, observed: observed ?? null });
  } catch (error) {
    process.send({ id, observed: { threw: String(error) } });
  }
}

/** Both SDKs work by timers, which wait as this process waits: its own beats tell whether they had their turn. */
async function beat({ id }) {
  for (let i = 0; i < 12; i++) await sleep(10);
  process.send({ id, observed: null });
}

process.on('message', (task) => void (task.name === undefined ? beat(task) : run(task)));
if (process.env.SCENARIO_CRASHES !== 'process') {
  process.on('uncaughtException', (error) => process.send({ crashed: running.getStore()?.id, message: String(error) }));
}
process.send({ ready: true });
