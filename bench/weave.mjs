// What a decorated call costs (issue 5), beside a wrapper by hand, OpenTelemetry and Sentry.
import { readOptions } from './support/options.mjs';
import { runScenario, startSink } from './support/processes.mjs';
import { environment, publish, table } from './support/report.mjs';
import { interleave, spread, summarise } from './support/rounds.mjs';
import { WEAVINGS } from './weaving/index.mjs';

const { quick, rounds, wanted } = readOptions(5);
const env = environment(['countly-weave', 'nestjs-otel', '@opentelemetry/sdk-trace-base', '@sentry/nestjs']);
const sink = await startSink();
const sections = [];
const raw = {};
const variants = WEAVINGS.filter(({ name }) => name === 'bare' || wanted(name));

for (const method of ['sync', 'async']) {
  const results = await interleave(variants, rounds, (variant) => {
    const [full, short] = variant.light ? [4e6, 1e6] : variant.slow ? [20_000, 10_000] : [100_000, 40_000];
    const calls = quick ? short : full;
    return runScenario('decorated-call', { variant, method, calls }, sink);
  });
  raw[method] = Object.fromEntries(results);
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

sink.stop();
publish('weave', env, sections, raw);
