// What a decorated call costs, beside a wrapper by hand, OpenTelemetry and Sentry.
import { readOptions } from './support/options.mjs';
import { runScenario, startSink } from './support/processes.mjs';
import { environment, publish, summaryRow, table } from './support/report.mjs';
import { interleave, spread, summarise } from './support/rounds.mjs';
import { WEAVINGS } from './weaving/index.mjs';

const { quick, rounds, wanted } = readOptions(5);
const env = environment(['countly-weave', 'nestjs-otel', '@opentelemetry/sdk-trace-base', '@sentry/nestjs']);
const sink = await startSink();
const sections = [];
const raw = {};
const summary = [];
const variants = WEAVINGS.filter(({ name }) => name === 'bare' || wanted(name));

for (const method of ['sync', 'async']) {
  const results = await interleave(variants, rounds, (variant) => {
    const [full, short] = variant.light ? [4e6, 1e6] : variant.slow ? [20_000, 10_000] : [100_000, 40_000];
    const calls = quick ? short : full;
    return runScenario('decorated-call', { variant, method, calls }, sink);
  });
  raw[method] = Object.fromEntries(results);
  const calls = [...results].map(([name, list]) => [name, summarise(list).callNs]);
  summary.push(
    summaryRow(`A decorated ${method} method, @TimedEvent: ns a call`, process.version, calls, '@TimedEvent'),
  );
  const bare = results.get('bare');
  const rows = [...results].map(([name, list]) => {
    const { callNs, cpuUs, delivered } = summarise(list);
    // The bare call of the same round, because the machine differs from round to round.
    const added = list.map((result, round) => result.callNs - (bare[round] ?? bare[0]).callNs);
    return [name, callNs, name === 'bare' ? '–' : spread(added), cpuUs, delivered];
  });
  sections.push({
    title: `A decorated ${method} method`,
    note:
      method === 'sync'
        ? 'Recording variants really deliver to the local sink; the CPU is that of the whole process with delivery.'
        : undefined,
    body: table(['variant', 'ns a call', 'added', 'µs CPU a call, all in all', 'arrived a call'], rows),
  });
}

/** Pairs to be compared; round by round, because the machine differs from round to round. */
const PAIRS = [
  ['@TimedEvent', 'nestjs-otel @Span, batch processor', 'less than 1'],
  ['five stacked, one records', '@TimedEvent', 'less than 2'],
  ['five stacked, all record', 'five wrappers, all record', 'less than 1'],
  ['five stacked, all record', '@TimedEvent', 'six entries to one: no target'],
];
const ratioOf = (method, one, other) => {
  const ones = raw[method][one] ?? [];
  const others = raw[method][other] ?? [];
  const ratios = ones.map((result, round) => result.callNs / others[round]?.callNs).filter(Number.isFinite);
  return ratios.length === 0 ? '–' : spread(ratios);
};
sections.push({
  title: 'Ratios',
  note: 'Of the whole call, not of what is added to it.',
  body: table(
    ['of', 'to', 'aim', 'sync', 'async'],
    PAIRS.map(([one, other, aim]) => [one, other, aim, ratioOf('sync', one, other), ratioOf('async', one, other)]),
  ),
});

sink.stop();
publish('weave', env, sections, raw, summary);
