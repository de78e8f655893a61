// What a call costs the caller: against JSON.stringify and the peers, with a full queue, and for many people.
import { CLIENTS, PACKAGES } from './clients/index.mjs';
import { EVENT_BYTES } from './support/event.mjs';
import { readOptions } from './support/options.mjs';
import { runScenario, startSink } from './support/processes.mjs';
import { environment, publish, summaryRow, table } from './support/report.mjs';
import { interleave, summarise } from './support/rounds.mjs';

const { quick, rounds, wanted } = readOptions(3);
const env = environment(PACKAGES);
const sink = await startSink();
const sections = [];
const raw = {};
const summary = [];

if (wanted('call')) {
  // In its default configuration each, and ours without a disk to tell the two apart.
  const variants = CLIENTS.filter((client) => !client.tuned);
  const events = quick ? 20_000 : 50_000;
  const results = await interleave(variants, rounds, (variant) =>
    runScenario('record-cost', { variant, events }, sink),
  );
  raw.call = Object.fromEntries(results);
  const calls = [...results].map(([name, list]) => [name, summarise(list).callNs]);
  summary.push(summaryRow('The call with three segments: ns', process.version, calls));
  sections.push({
    title: 'One event with three segments',
    note:
      `${events} calls in portions of 500; \`JSON.stringify\` of the same event (${EVENT_BYTES} bytes) in turn with them. ` +
      'The call is the median of the portions; the CPU is that of the whole process until all is delivered or given ' +
      'up, stringify included, so it also holds what a client puts off.',
    body: table(
      ['client', 'ns a call', 'ns `JSON.stringify`', 'ratio', 'µs CPU an event, all in all', '% delivered'],
      [...results].map(([name, list]) => {
        const { callNs, stringifyNs, ratio, cpuUs, delivered } = summarise(list);
        return [name, callNs, stringifyNs, ratio, cpuUs, delivered];
      }),
    ),
  });
}

if (wanted('depth')) {
  const depths = [1000, 5000, 10_000, 50_000, 100_000];
  const variants = CLIENTS.filter((client) => client.module === 'countly-weave');
  const results = await interleave(variants, rounds, (variant) =>
    runScenario('record-depth', { variant, depths }, sink),
  );
  raw.depth = Object.fromEntries(results);
  sections.push({
    title: 'With so many events waiting',
    note: 'ns a call, mean of 1 000 calls, while the server does not answer.',
    body: table(
      ['client', ...depths.map((depth) => `at ${depth}`), '`JSON.stringify`'],
      [...results].map(([name, list]) => {
        const summary = summarise(list);
        return [name, ...depths.map((depth) => summary[`at${depth}`]), summary.stringifyNs];
      }),
    ),
  });
}

if (wanted('scopes')) {
  const devices = quick ? 100_000 : 1_000_000;
  const variants = ['breadcrumb', 'breadcrumb, view'].map((what) => ({ ...CLIENTS[0], name: what, what }));
  const results = await interleave(variants, quick ? 1 : Math.min(rounds, 2), (variant) =>
    runScenario('many-scopes', { variant, devices, what: variant.what }, sink, { timeoutMs: 900_000 }),
  );
  raw.scopes = Object.fromEntries(results);
  sections.push({
    title: `${devices} people, one after the other`,
    note: 'Resident memory in MB. The view of each is delivered when it starts and when its state is forgotten.',
    body: table(
      ['each does', 'before', 'highest', 'at the end', 'states kept', 'entries', 'lost', 'µs CPU a person'],
      [...results].map(([name, list]) => {
        const { before, peak, end, kept, accepted, lost, cpuUs } = summarise(list);
        return [name, before, peak, end, kept, accepted, lost, cpuUs];
      }),
    ),
  });
}

sink.stop();
publish('record', env, sections, raw, summary);
