// A fleet on Redis: what an event costs in a process that hands over, in a relay and in Redis, how much a relay sends, and how
// long it takes; beside RudderStack's SDK with its queue on Bull and Redis. RELAY_EXEC_ARGV="--cpu-prof" profiles the relay.
import { startRedis, startRelay } from './support/fleet-processes.mjs';
import { pause } from './support/meter.mjs';
import { readOptions } from './support/options.mjs';
import { runScenario, startSink } from './support/processes.mjs';
import { environment, format, publish, summaryRow, table } from './support/report.mjs';
import { interleave, summarise } from './support/rounds.mjs';

const DEVICES = 1000;
const RUDDER = 'rudder on Bull and Redis';

const { quick, rounds, wanted } = readOptions(3);
const events = quick ? 5000 : 20_000;
const relayed = quick ? 40_000 : 200_000;
const visitors = quick ? 2000 : 20_000;
const seconds = quick ? 8 : 60;
const perSecond = 500;
/** One process of RudderStack's SDK sends some forty events a second from Redis, and more than it sends only wait. */
const rudderEvents = quick ? 200 : 1000;
const rudderPerSecond = 40;

const env = environment(['countly-weave', '@rudderstack/rudder-sdk-node', 'bull', 'ioredis']);
const sink = await startSink();
const redis = await startRedis();
const helpers = { redisBytes: () => redis.usedBytes(), redisCpu: () => redis.cpuMs() };
const fleet = (more = {}, settings = {}) => ({
  module: 'countly-weave-fleet',
  settings: { ...settings, fleet: { url: redis.url, ...more } },
});
const rudder = { module: 'rudder-redis', settings: { redis: redis.url } };
const run = (scenario, params) =>
  runScenario(scenario, { ...params, devices: DEVICES }, sink, { helpers, timeoutMs: 600_000 });
const sections = [];
const summary = [];
const raw = {};

const RECORDING = [
  { name: 'countly-weave, hands over', variant: fleet({ send: false }), waits: true },
  { name: 'countly-weave, sends', variant: fleet() },
  { name: RUDDER, variant: rudder, most: rudderEvents },
  { name: `${RUDDER}, the server away`, variant: rudder, waits: true },
];
if (wanted('record')) {
  const results = await measured('record', RECORDING, async ({ variant, waits = false, most = events }) => {
    await redis.empty();
    return run('fleet-record', { variant, events: most, warmUp: most, waits });
  });
  sections.push({
    title: `${events} events of ${DEVICES} devices, as fast as one process records them`,
    note: `CPU of the process and of Redis; bytes are what Redis holds more for each event that waits. ${RUDDER} delivers ${rudderEvents}.`,
    body: rowsOf(results, {
      'µs CPU an event': 'cpuUs',
      'of Redis, µs': 'redisCpuUs',
      'bytes in Redis an event': ({ name, redisBytes }) => (isWaiting(name) ? redisBytes : undefined),
      'events/s': ({ name, perSecond }) => (isWaiting(name) && name !== RECORDING[0].name ? undefined : perSecond),
      '% delivered': ({ name, delivered }) => (isWaiting(name) ? undefined : delivered),
      requests: ({ name, requests }) => (isWaiting(name) ? undefined : requests),
    }),
  });
  summary.push(rowOfAll('A fleet: µs CPU an event', results, 'cpuUs', RECORDING[0].name));
}

if (wanted('relay')) {
  const results = await measured('relay', [{ name: 'relay' }], relay);
  sections.push({
    title: `${relayed} events of ${DEVICES} devices that wait in Redis, and one relay`,
    note: 'From the first event at the server to the last. Relay, Redis and server share the cores; the last column is what a core would send that the relay has alone.',
    body: rowsOf(results, {
      'events/s': 'perSecond',
      'µs CPU an event': 'cpuUs',
      'of Redis, µs': 'redisCpuUs',
      '% delivered': 'delivered',
      repeated: 'duplicates',
      requests: 'requests',
      'events/s on one core': 'perCore',
    }),
  });
  summary.push(rowOfAll('A relay: events/s on one core', results, 'perCore', 'relay'));
}

const DELAYS = [
  { name: 'countly-weave, hands over to a relay', variant: fleet({ send: false }), relays: true },
  { name: 'countly-weave, sends', variant: fleet() },
  { name: 'countly-weave, sends, flushInterval: 100', variant: fleet({}, { flushInterval: 100 }) },
  { name: `${RUDDER}, ${rudderPerSecond} a second`, variant: rudder, rate: rudderPerSecond },
];
if (wanted('delay')) {
  const results = await measured('delay', DELAYS, async ({ variant, relays = false, rate = perSecond }) => {
    await redis.empty();
    const sender = relays ? await startRelay({ redis, url: sink.url }) : undefined;
    try {
      return await run('fleet-delay', { variant, perSecond: rate, seconds, warmUpSeconds: quick ? 4 : 10 });
    } finally {
      await sender?.stop();
    }
  });
  sections.push({
    title: `From the call to the server, ${perSecond} events a second for ${seconds} s`,
    body: rowsOf(results, {
      'p50, ms': 'p50',
      'p99, ms': 'p99',
      'most, ms': 'most',
      '% delivered': 'delivered',
      repeated: 'duplicates',
    }),
  });
  summary.push(rowOfAll('A fleet: delay to the server, p99, ms', results, 'p99', 'countly-weave, sends'));
}

if (wanted('visitors')) {
  const results = await measured('visitors', [{ name: 'countly-weave, sends', variant: fleet() }], async (one) => {
    await redis.empty();
    await sink.ask('reset');
    return run('fleet-visitors', { variant: one.variant, visitors });
  });
  sections.push({
    title: `What Redis knows of ${visitors} visitors with a session and a view`,
    body: rowsOf(results, { 'bytes a visitor': 'redisBytes', 'entries that still wait': 'pending' }),
  });
}

await redis.stop();
sink.stop();
publish('fleet', env, sections, raw, summary);

async function measured(section, variants, work) {
  console.error(section);
  const results = await interleave(variants, rounds, work);
  raw[section] = Object.fromEntries(results);
  for (const [name, list] of results) {
    if (list.length < rounds) process.exitCode = 1;
    const short = list.filter(({ delivered = 100 }) => delivered < 100);
    if (!isWaiting(name) && short.length > 0) {
      console.error(`  ${name}: ${short.map(({ delivered }) => format(delivered)).join(', ')} % arrived`);
      if (!name.startsWith(RUDDER)) process.exitCode = 1;
    }
  }
  return results;
}

/** One relay, and a queue that was filled before it started. */
async function relay() {
  await redis.empty();
  await run('fleet-record', { variant: fleet({ send: false }), events: relayed, warmUp: 0, waits: true });
  await sink.ask('reset', { size: relayed });
  const before = redis.cpuMs();
  const sender = await startRelay({ redis, url: sink.url, execArgv: process.env.RELAY_EXEC_ARGV?.split(' ') });
  const cpu = sender.cpuMs();
  const { distinct, duplicates, requests, firstAt, lastAt } = await sink.ask('arrival', {
    total: relayed,
    timeoutMs: 300_000,
  });
  // What it says to Redis of the last ones belongs to them.
  await pause(200);
  const cpuUs = ((sender.cpuMs() - cpu) * 1000) / relayed;
  const redisCpuUs = ((redis.cpuMs() - before) * 1000) / relayed;
  await sender.stop();
  return {
    cpuUs,
    redisCpuUs,
    perSecond: (distinct * 1000) / (lastAt - firstAt),
    perCore: 1e6 / cpuUs,
    delivered: (100 * distinct) / relayed,
    duplicates,
    requests,
  };
}

function isWaiting(name) {
  return RECORDING.some((one) => one.name === name && one.waits);
}

function rowsOf(results, columns) {
  const rows = [...results].map(([name, list]) => {
    const found = { name, ...summarise(list) };
    return [name, ...Object.values(columns).map((of) => (typeof of === 'string' ? found[of] : of(found)))];
  });
  return table(['process', ...Object.keys(columns)], rows);
}

function rowOfAll(measure, results, field, ours) {
  const entries = [...results].map(([name, list]) => [name, summarise(list)[field]]);
  return summaryRow(measure, process.version, entries, ours);
}
