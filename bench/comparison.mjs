// What happens in each library when not all goes well: the table of docs/comparison.md. It measures no time.
import { PACKAGES } from './clients/index.mjs';
import { COMPARED } from './support/compared.mjs';
import { durableRun } from './support/durable-run.mjs';
import { readOptions } from './support/options.mjs';
import { runScenario, startSink } from './support/processes.mjs';
import { environment, format, publish, summaryRow, table } from './support/report.mjs';

const PATIENCE_MS = 45_000;

/** Each asks one library and gives the cell of the table. */
const QUESTIONS = [
  { title: 'three events, and the program ends', ask: arrival('natural', 3) },
  { title: '200 events, 500 for 30 s', ask: arrival('longOutage', 200) },
  { title: '200 events, 400 to the first request', ask: arrival('refusal', 200) },
  { title: '`flush` while the server answers 500', ask: scenario('flush') },
  { title: 'three events, a hook before sending throws', ask: scenario('hook') },
  { title: 'reports of one failure that two layers report', ask: scenario('layers') },
];

const { wanted, wantedClient } = readOptions(1);
const env = environment([...PACKAGES, '@sentry/nestjs']);
const libraries = COMPARED.filter(({ name }) => wantedClient(name));
const questions = QUESTIONS.filter(({ title }) => wanted(title));

/** All libraries at once, each with a sink of its own: they do next to nothing but wait. */
const answers = await Promise.all(
  libraries.map(async (library) => {
    const sink = await startSink();
    const cells = [];
    for (const { title, ask } of questions) {
      console.error(`${library.name}: ${title}`);
      cells.push(await ask(library, sink));
    }
    sink.stop();
    return cells;
  }),
);

const rows = questions.map(({ title }, at) => [title, ...answers.map((cells) => cells[at])]);
const names = libraries.map(({ name }) => name);
publish(
  'comparison',
  env,
  [{ title: 'When not all goes well', body: table(['', ...names], rows) }],
  { rows },
  rows.map(([title, ...cells]) =>
    summaryRow(
      title,
      process.version,
      names.map((name, at) => [name, cells[at]]),
    ),
  ),
);

function arrival(ending, events) {
  return async ({ module }, sink) => {
    const run = await durableRun({ module, ending, node: process.execPath, patience: PATIENCE_MS, events }, sink);
    const arrived = `${Math.round((run.delivered * events) / 100)} of ${events}`;
    if (ending !== 'natural') return arrived;
    return run.endedAfterMs === undefined
      ? `${arrived}, does not end`
      : `${arrived}, ${format(run.endedAfterMs / 1000)} s`;
  };
}

function scenario(question) {
  return ({ name }, sink) => runScenario('compared', { name, question }, sink);
}
