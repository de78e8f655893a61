// Whole processes from start to end: one event, and 20 000 of them without a warm-up. `--node path,path` names the Nodes.
import { execFileSync } from 'node:child_process';
import { PACKAGES } from './clients/index.mjs';
import { readOptions } from './support/options.mjs';
import { startSink } from './support/processes.mjs';
import { environment, format, publish, summaryRow, table } from './support/report.mjs';
import { interleave, summarise } from './support/rounds.mjs';
import { wholeProcess } from './support/whole-process.mjs';

const NONE = { client: 'empty Node', module: 'none', events: 0 };
const WEAVE = { client: 'countly-weave', module: 'countly-weave' };
// It has no end: its timer keeps the process alive.
const OFFICIAL = { client: 'countly-sdk file (default)', module: 'countly-sdk', endless: true };
const MIXPANEL = { client: 'mixpanel batched by hand', module: 'mixpanel' };

const { rounds, nodes, wanted, wantedClient } = readOptions(15);
const env = environment(PACKAGES.filter((name) => /countly|mixpanel/.test(name)));
const versions = nodes.map((node) => ({
  node,
  version: execFileSync(node, ['--version'], { encoding: 'utf8' }).trim(),
}));
const sink = await startSink();
const sections = [];
const raw = {};
const overall = [];

async function section({ name, title, note, clients, events, devices, ratios }) {
  if (!wanted(name)) return;
  console.error(name);
  const variants = versions.flatMap(({ node, version }) =>
    clients
      // The empty Node is what the others are counted above.
      .filter(({ client, module }) => module === 'none' || wantedClient(client))
      .map((client) => ({ events, devices, ...client, node, version, name: `${client.client}, ${version}` })),
  );
  const run = (variant, guarded = false) =>
    wholeProcess(
      {
        scenario: 'cold-process',
        args: [variant.module, variant.events, variant.devices],
        node: variant.node,
        events: variant.events,
        endless: variant.endless,
        guarded,
      },
      sink,
    );
  // Once before all: does it stay on this machine? It also brings the files into the memory of the operating system.
  for (const variant of variants) await run(variant, true);
  const results = await interleave(variants, rounds, (variant) => run(variant));
  raw[name] = Object.fromEntries(results);

  const summaries = new Map([...results].map(([key, list]) => [key, summarise(list)]));
  const emptyOf = (version) => summaries.get(`${NONE.client}, ${version}`)?.cpuMs ?? { median: 0, min: 0 };
  const hasEmpty = clients.includes(NONE);
  const rows = variants.map(({ client, version, name: key, events: sent }) => {
    const { cpuMs, peakMib, wallMs, requests, delivered } = summaries.get(key);
    const above = (field) => format(client === NONE.client ? undefined : cpuMs?.[field] - emptyOf(version)[field]);
    const aboveEmpty = hasEmpty ? [`${above('median')} (${above('min')})`] : [];
    return [client, version, cpuMs, ...aboveEmpty, peakMib, wallMs, requests, sent === 0 ? '–' : delivered];
  });
  const columns = ['client', 'Node', 'ms CPU', ...(hasEmpty ? ['above empty'] : []), ...MORE_COLUMNS];
  sections.push({
    title,
    note: `${note} ${rounds} rounds: median, and in brackets least and greatest.`,
    body: `${table(columns, rows)}\n\n${ratioTable(ratios, summaries, emptyOf)}`,
  });
  for (const { version } of versions) {
    const mine = variants.filter((one) => one.version === version);
    const entries = mine.map(({ client, name: key }) => [client, summaries.get(key)?.cpuMs]);
    overall.push(summaryRow(`${title}, the whole process: ms CPU`, version, entries));
  }
  for (const { name: key, events: sent } of variants) {
    const whole = results.get(key).filter(({ delivered }) => sent === 0 || delivered === 100).length;
    if (whole === rounds) continue;
    console.error(`${key}: ${rounds - whole} of ${rounds} rounds did not deliver everything`);
    process.exitCode = 1;
  }
}

const MORE_COLUMNS = ['peak RSS, MiB', 'ms', 'requests', '% delivered'];

/** In each Node: the processor time, above an empty Node where there is one, to another's; and the memory. */
function ratioTable({ to, cpu, mib }, summaries, emptyOf) {
  const rows = versions.flatMap(({ version }) => {
    const ours = summaries.get(`${WEAVE.client}, ${version}`);
    const theirs = summaries.get(`${to.client}, ${version}`);
    const empty = emptyOf(version);
    const ratio = (field) => format((ours?.cpuMs[field] - empty[field]) / (theirs?.cpuMs[field] - empty[field]));
    const memory = [
      'peak RSS, MiB',
      version,
      `at most ${mib}`,
      format(ours?.peakMib.median),
      format(ours?.peakMib.min),
    ];
    return [
      [`CPU to that of ${to.client}`, version, `at most ${cpu}`, ratio('median'), ratio('min')],
      ...(mib === undefined ? [] : [memory]),
    ];
  });
  return table(['countly-weave', 'Node', 'aim', 'of medians', 'of the least'], rows);
}

await section({
  name: 'one',
  title: 'A cold process with one event',
  note: 'Loads the package, starts the client, records, delivers, closes and ends. The empty Node runs the same script without a client; what comes above it is the difference of medians, and in brackets of the least.',
  clients: [NONE, OFFICIAL, MIXPANEL, WEAVE],
  events: 1,
  devices: 1,
  ratios: { to: OFFICIAL, cpu: 2.5, mib: 65 },
});
await section({
  name: 'fresh',
  title: '20 000 events of one device in a fresh process',
  note: 'No warm-up. The process from its start to its end, and the ratio of that: no empty Node is taken off.',
  clients: [MIXPANEL, WEAVE],
  events: 20_000,
  devices: 1,
  ratios: { to: MIXPANEL, cpu: 1.3 },
});
await section({
  name: 'many',
  title: '5 000 devices, 4 events each, in a fresh process',
  note: 'The same.',
  clients: [MIXPANEL, WEAVE],
  events: 20_000,
  devices: 5000,
  ratios: { to: MIXPANEL, cpu: 1.3 },
});

sink.stop();
publish('cold', env, sections, raw, overall);
