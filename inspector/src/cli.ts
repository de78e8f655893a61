import { HELP, readArguments, type StartArguments } from './command/arguments.js';
import { runChild, untilSignal } from './command/child.js';
import { complaintsOf } from './command/complaints.js';
import { harmless } from './command/harmless.js';
import { openPage } from './command/open-page.js';
import { DEFAULT_PORT, inspectorAt, startOnFreePort } from './command/port.js';
import { explainStartError } from './command/start-error.js';
import { VERSION } from './version.js';

const USAGE_ERROR = 2;
const START_ERROR = 1;
const COMPLAINTS = 1;
/** For a child that brings no app key of its own. */
const APP_KEY = 'inspector';

/** Beside a child that may have an output of its own, what is said goes to the other one. */
type Say = (text: string) => void;

async function main(): Promise<void> {
  const read = readArguments(process.argv.slice(2));
  switch (read.kind) {
    case 'help':
      console.log(HELP);
      return;
    case 'version':
      console.log(VERSION);
      return;
    case 'wrong':
      console.error(`countly-inspector: ${read.message}\nTry countly-inspector --help.`);
      process.exitCode = USAGE_ERROR;
      return;
    case 'start':
      process.exitCode = await start(read);
  }
}

async function start(given: StartArguments): Promise<number> {
  const say: Say = given.command.length > 0 ? console.error : console.log;
  const present = given.isOwn ? undefined : await inspectorAt(given.options);
  if (present === undefined) return startOwn(given, say);
  say(`countly-inspector: one listens on ${present} already, and is used`);
  say(`  page      ${present}/`);
  if (given.open) openPage(`${present}/`);
  return given.command.length === 0 ? 0 : runChild(given.command, environment(present, given));
}

async function startOwn(given: StartArguments, say: Say): Promise<number> {
  const { options, faults, open, strict, command } = given;
  const complain = (text: string): void => console.error(`countly-inspector: ${harmless(text)}`);
  const onWarning = (message: string): void => complain(`warning: ${message}`);
  const inspector = await startOnFreePort({ ...options, onWarning }).catch((error: unknown) => {
    complain(explainStartError(error, options));
    return undefined;
  });
  if (inspector === undefined) return START_ERROR;
  // Before anything is said: whoever reads it may answer with a signal at once.
  const stopped = command.length === 0 ? untilSignal().then(() => 0) : undefined;
  for (const fault of faults) inspector.setFault(fault);
  const wanted = options.port ?? DEFAULT_PORT;
  if (wanted !== 0 && inspector.port !== wanted)
    say(`countly-inspector: port ${wanted} is taken, so it is ${inspector.port}`);
  say(`countly-inspector listens on ${inspector.url}`);
  say(`  page      ${inspector.url}/`);
  say(`  database  ${inspector.database}`);
  if (open) openPage(`${inspector.url}/`);
  const code = await (stopped ?? runChild(command, environment(inspector.url, given)));
  const complaints = strict ? complaintsOf(inspector) : [];
  for (const complaint of complaints) complain(complaint);
  await inspector.close();
  return code === 0 && complaints.length > 0 ? COMPLAINTS : code;
}

/** What the child needs to report here. A key or salt that the inspector insists on goes before one of the child's own. */
function environment(url: string, { options: { appKey, salt } }: StartArguments): Record<string, string> {
  return {
    COUNTLY_URL: url,
    COUNTLY_APP_KEY: appKey ?? (process.env['COUNTLY_APP_KEY'] || APP_KEY),
    ...(salt === undefined ? {} : { COUNTLY_SALT: salt }),
  };
}

await main();
