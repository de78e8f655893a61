// Runs one scenario and reports its result to processes.mjs.
import { strangers } from './loopback-only.mjs';

const waiting = new Map();
let next = 0;

/** The sink, asked through the parent so that no HTTP request of ours is counted in. */
const sink = new Proxy(
  {},
  {
    get:
      (_, command) =>
      (rest = {}) =>
        new Promise((resolve) => {
          waiting.set(++next, resolve);
          process.send({ ask: command, id: next, rest });
        }),
  },
);

process.on('message', async (message) => {
  if (message.answer !== undefined) {
    waiting.get(message.answer)?.(message.result);
    waiting.delete(message.answer);
    return;
  }
  try {
    const { default: scenario } = await import(new URL(`../scenarios/${message.scenario}.mjs`, import.meta.url).href);
    const result = await scenario(message.params, sink);
    if (strangers.size > 0) throw new Error(`tried to reach ${[...strangers].join(', ')}`);
    process.send({ result });
  } catch (error) {
    process.send({ error: error?.stack ?? String(error) });
  }
});
