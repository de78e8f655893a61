import { HELP, readArguments } from './cli-arguments.js';
import { startInspector } from './inspector.js';
import type { InspectorOptions } from './options.js';
import { explainStartError } from './start-error.js';

const USAGE_ERROR = 2;
const START_ERROR = 1;

async function main(): Promise<void> {
  const read = readArguments(process.argv.slice(2));
  switch (read.kind) {
    case 'help':
      console.log(HELP);
      return;
    case 'wrong':
      console.error(`countly-inspector: ${read.message}\nTry countly-inspector --help.`);
      process.exitCode = USAGE_ERROR;
      return;
    case 'start':
      await start(read.options);
  }
}

async function start(options: InspectorOptions): Promise<void> {
  try {
    const inspector = await startInspector({
      ...options,
      onWarning: (message) => console.error(`countly-inspector: warning: ${message}`),
    });
    console.log(`countly-inspector listens on ${inspector.url}`);
    console.log(`  page      ${inspector.url}/`);
    console.log(`  database  ${inspector.database}`);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => void inspector.close());
    }
  } catch (error) {
    console.error(`countly-inspector: ${explainStartError(error, options)}`);
    process.exitCode = START_ERROR;
  }
}

await main();
