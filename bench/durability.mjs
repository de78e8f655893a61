// What is left of 200 events: at a natural end, after four seconds of 503, after `kill -9` in an outage. `--node path,path`.
import { execFileSync } from 'node:child_process';
import { PACKAGES } from './clients/index.mjs';
import { durableRun, EVENTS } from './support/durable-run.mjs';
import { readOptions } from './support/options.mjs';
import { startSink } from './support/processes.mjs';
import { environment, format, publish, summaryRow, table } from './support/report.mjs';
import { sideBySide, summarise } from './support/rounds.mjs';

/** Each as its manual starts it, by the file in clients/. */
const LIBRARIES = [
  { name: 'countly-weave', module: 'countly-weave' },
  { name: 'countly-sdk-nodejs', module: 'countly-sdk' },
  { name: 'posthog-node', module: 'posthog' },
  { name: '@segment/analytics-node', module: 'segment' },
  { name: 'mixpanel, batched by hand', module: 'mixpanel' },
  { name: '@amplitude/analytics-node', module: 'amplitude' },
  { name: '@rudderstack/rudder-sdk-node', module: 'rudder' },
  { name: '@snowplow/node-tracker', module: 'snowplow' },
];
const ENDINGS = [
  { ending: 'natural', title: 'natural end' },
  { ending: 'outage', title: '503 for 4 s' },
  { ending: 'kill', title: 'kill -9 in an outage' },
];

const { quick, rounds, nodes, wanted, wantedClient } = readOptions(3);
const patience = quick ? 12_000 : 45_000;
const env = environment(PACKAGES);
const libraries = LIBRARIES.filter(({ name }) => wantedClient(name));
// All at once, each with a sink of its own: they do next to nothing but wait.
const sinks = new Map();
for (const { name } of libraries) sinks.set(name, await startSink());
const sections = [];
const raw = {};
const summary = [];

for (const node of nodes) {
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  const measured = new Map();
  for (const { ending, title } of ENDINGS.filter((one) => wanted(one.ending))) {
    console.error(`${title}, Node ${version}`);
    const results = await sideBySide([libraries], rounds, (library) =>
      durableRun({ module: library.module, ending, node, patience }, sinks.get(library.name)),
    );
    raw[`${version} ${ending}`] = Object.fromEntries(results);
    measured.set(
      title,
      new Map([...results].map(([name, list]) => [name, { ...summarise(list), rounds: list.length, list }])),
    );
  }
  const titles = [...measured.keys()];
  const columns = ['library', ...titles.map((title) => `${title}, % arrived (repeated)`), 'natural end after, s'];
  const rows = libraries.map(({ name }) => [
    name,
    ...titles.map((title) => arrived(measured.get(title).get(name))),
    endOf(measured.get('natural end')?.get(name)),
  ]);
  sections.push({
    title: `${EVENTS} events when not all goes well, Node ${version}`,
    note:
      `${rounds} rounds, each library with its defaults and in a process of its own. What had arrived after at most ` +
      `${patience / 1000} s of a process that is alive and a server that answers, and how many events came more than once. ` +
      'The greatest and least of the rounds where they differ.',
    body: table(columns, rows),
  });
  for (const title of titles) {
    const entries = libraries.map(({ name }) => [name, arrived(measured.get(title).get(name))]);
    summary.push(summaryRow(`${EVENTS} events, ${title}: % arrived (repeated)`, version, entries));
  }
}

for (const sink of sinks.values()) sink.stop();
publish('durability', env, sections, raw, summary);

function arrived(entry) {
  if (entry?.delivered === undefined) return '–';
  const repeated = entry.duplicates.max === 0 ? '' : ` (${format(entry.duplicates.max)})`;
  const { min, max } = entry.delivered;
  return `${min === max ? format(min) : `${format(min)}..${format(max)}`}${repeated}`;
}

function endOf(entry) {
  if (entry === undefined) return '–';
  const endless = entry.list.some(({ endedAfterMs }) => endedAfterMs === undefined);
  return endless ? 'does not end' : format(entry.endedAfterMs.median / 1000);
}
