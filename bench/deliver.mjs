// From the call to the arrival: all at once, at a steady rate, in a burst; each beside what really arrived.
import { CLIENTS, PACKAGES } from './clients/index.mjs';
import { EVENT_BYTES } from './support/event.mjs';
import { readOptions } from './support/options.mjs';
import { runScenario, startSink } from './support/processes.mjs';
import { environment, publish, summaryRow, table } from './support/report.mjs';
import { interleave, sideBySide, summarise } from './support/rounds.mjs';

const { quick, rounds, wanted, wantedClient } = readOptions(5);
const env = environment(PACKAGES);
const sink = await startSink();
const sections = [];
const raw = {};
const summary = [];
const ARRAY = { name: 'array push' };

/** `headline` is the column that goes into the table of all benchmarks. */
async function section({ name, title, note, variants, run, columns, headline, compare = interleave }) {
  if (!wanted(name)) return;
  console.error(name);
  // Those that run side by side stay together.
  const clients = variants.filter((variant) => [variant].flat().some((one) => wantedClient(one.name)));
  const results = await compare(clients, rounds, run);
  raw[name] = Object.fromEntries(results);
  const rows = [...results].map(([client, list]) => {
    const summary = summarise(list);
    return [client, ...Object.values(columns).map((field) => summary[field])];
  });
  sections.push({ title, note, body: table(['client', ...Object.keys(columns)], rows) });
  const entries = [...results].map(([client, list]) => [client, summarise(list)[columns[headline]]]);
  summary.push(summaryRow(`${title}: ${headline}`, process.version, entries));
}

// At such a rate it takes the compiler most of a minute to be done with what runs once or twice a request.
const STEADY = { perSecond: 2000, seconds: quick ? 3 : 10, warmUpSeconds: quick ? 3 : 40 };
const STEADY_CLIENTS = CLIENTS.filter(({ tuned }) => !tuned);
const LIGHT = new Set(['countly-weave', 'mixpanel']);

const TRANSFER = {
  'ms to the last arrival': 'arrivedMs',
  requests: 'requests',
  'µs CPU an arrived event': 'cpuUs',
  'the same in `JSON.stringify`s': 'inStringifies',
  'µs CPU in the call': 'recordUs',
  '% delivered': 'delivered',
  repeated: 'duplicates',
  'disk bytes an event': 'diskPerEvent',
};
// The clients that cannot empty their queue in any reasonable time get a short time and no repetition of it.
const transfer = (devices) => (variant) =>
  runScenario('transfer', { variant, events: 20_000, devices, giveUpMs: variant.slow ? 5000 : 20_000 }, sink);

await section({
  name: 'one',
  title: '20 000 events of one device',
  note: `An event is ${EVENT_BYTES} bytes of JSON. Delivered is what had arrived when the client was done, or after 20 s (5 s for the official SDK's defaults).`,
  variants: CLIENTS,
  run: transfer(1),
  columns: TRANSFER,
  headline: 'µs CPU an arrived event',
});
await section({
  name: 'many',
  title: '5 000 devices, 4 events each',
  note: 'The official SDK has one device a process; for many its `Countly.Bulk` is used.',
  variants: CLIENTS.filter(({ name }) => name !== 'countly-sdk memory'),
  run: transfer(5000),
  columns: TRANSFER,
  headline: 'µs CPU an arrived event',
});
await section({
  name: 'steady',
  title: '2 000 events a second',
  note: `All clients as they are by default, after a warm-up of ${STEADY.warmUpSeconds} s at the same rate; 500 devices where a client knows devices. The array, countly-weave and mixpanel, which need little, run side by side, each with a sink of its own; the others in turn.`,
  variants: [
    [ARRAY, ...STEADY_CLIENTS.filter(({ module }) => LIGHT.has(module))],
    ...STEADY_CLIENTS.filter(({ module }) => !LIGHT.has(module)).map((client) => [client]),
  ],
  compare: sideBySide,
  run: async (variant) => {
    const own = await startSink();
    const params = { ...STEADY, variant: variant === ARRAY ? undefined : variant };
    return runScenario('steady', params, own).finally(() => own.stop());
  },
  columns: {
    'µs CPU an event': 'cpuUs',
    '% delivered': 'delivered',
    requests: 'requests',
    'loop delay p99, ms': 'loopP99Ms',
    'loop delay max, ms': 'loopMaxMs',
    'disk bytes an event': 'diskPerEvent',
  },
  headline: 'µs CPU an event',
});
await section({
  name: 'burst',
  title: '50 000 events in a quarter of a second',
  note: '1 000 events every 5 ms. The delay is measured while they are recorded, and after that until they are delivered.',
  variants: [ARRAY, ...CLIENTS.filter((client) => !client.slow)],
  run: (variant) => runScenario('burst', { variant: variant === ARRAY ? undefined : variant, events: 50_000 }, sink),
  columns: {
    'loop delay p99, ms': 'feedP99Ms',
    'max, ms': 'feedMaxMs',
    'p99 while delivering, ms': 'sendP99Ms',
    'max while delivering, ms': 'sendMaxMs',
    'µs CPU an event': 'cpuUs',
    '% delivered': 'delivered',
  },
  headline: 'loop delay p99, ms',
});

sink.stop();
publish('deliver', env, sections, raw, summary);
