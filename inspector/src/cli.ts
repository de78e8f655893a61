import { HELP, readArguments } from './cli-arguments.js';
import { complaintsOf } from './complaints.js';
import { startInspector } from './inspector.js';
import type { InspectorOptions } from './options.js';
import { explainStartError } from './start-error.js';

const USAGE_ERROR = 2;
const START_ERROR = 1;
const COMPLAINTS = 1;

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
      await start(read.options, read.strict);
  }
}

async function start(options: InspectorOptions, strict: boolean): Promise<void> {
  try {
    const inspector = await startInspector({
      ...options,
      onWarning: (message) => console.error(`countly-inspector: warning: ${message}`),
    });
    console.log(`countly-inspector listens on ${inspector.url}`);
    console.log(`  page      ${inspector.url}/`);
    console.log(`  database  ${inspector.database}`);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        const complaints = strict ? complaintsOf(inspector) : [];
        for (const complaint of complaints) console.error(`countly-inspector: ${complaint}`);
        if (complaints.length > 0) process.exitCode = COMPLAINTS;
        void inspector.close();
      });
    }
  } catch (error) {
    console.error(`countly-inspector: ${explainStartError(error, options)}`);
    process.exitCode = START_ERROR;
  }
}

await main();
