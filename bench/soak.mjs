// Long and steady, with the server away in the middle. SOAK_SECONDS and SOAK_OUTAGE_SECONDS change the length.
import { CLIENTS } from './clients/index.mjs';
import { readOptions } from './support/options.mjs';
import { runScenario, startSink } from './support/processes.mjs';
import { environment, publish, summaryRow, table } from './support/report.mjs';
import { summarise } from './support/rounds.mjs';

const { quick } = readOptions(1);
const seconds = Number(process.env.SOAK_SECONDS ?? (quick ? 20 : 600));
// Longer outages fill the queue of 100 000 entries, from where on the oldest are dropped, as documented.
const outageSeconds = Number(process.env.SOAK_OUTAGE_SECONDS ?? Math.min(15, seconds / 4));
const perSecond = 5000;
const env = environment(['countly-weave']);
const sink = await startSink();
const raw = {};

for (const variant of [undefined, CLIENTS[0]]) {
  const name = variant?.name ?? 'bare process';
  // Nothing changes in a process that does nothing: a minute of it tells what ten would.
  const long = variant === undefined ? Math.min(60, seconds) : seconds;
  console.error(`  ${name}, ${long} s`);
  raw[name] = await runScenario('soak', { variant, perSecond, seconds: long, outageSeconds }, sink, {
    timeoutMs: (long + 120) * 1000,
  });
}

const COLUMNS = {
  '% delivered': 'delivered',
  dropped: 'dropped',
  repeated: 'duplicates',
  requests: 'requests',
  'most waiting': 'highestPending',
  'heap at the end, MB': 'heapMb',
  'heap slope, MB/min': 'heapSlopeMbPerMinute',
  'RSS, MB': 'rssMb',
  'loop delay p99, ms': 'loopP99Ms',
  'max, ms': 'loopMaxMs',
  'µs CPU an event': 'cpuUs',
};
const rows = Object.entries(raw).map(([name, result]) => {
  const summary = summarise([result]);
  return [name, ...Object.values(COLUMNS).map((field) => summary[field])];
});
sink.stop();
publish(
  'soak',
  env,
  [
    {
      title: `${perSecond} events a second for ${seconds} s, the server away for ${outageSeconds} s`,
      note: '1 000 devices, journal on. The bare process is watched for a minute at most.',
      body: table(['process', ...Object.keys(COLUMNS)], rows),
    },
  ],
  raw,
  [
    summaryRow(
      `${perSecond} events a second for ${seconds} s with an outage: µs CPU an event`,
      process.version,
      entries('cpuUs'),
    ),
    summaryRow('The same: % delivered', process.version, entries('delivered')),
  ],
);

function entries(field) {
  return Object.entries(raw).map(([name, result]) => [name, result[field]]);
}
