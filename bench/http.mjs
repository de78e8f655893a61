// A NestJS application under load (issue 6): what watching it costs, beside the bare one.
import { load } from './support/load.mjs';
import { readOptions } from './support/options.mjs';
import { runScenario, startSink } from './support/processes.mjs';
import { environment, publish, table } from './support/report.mjs';
import { interleave, spread, summarise } from './support/rounds.mjs';
import { WEB_VARIANTS } from './web/index.mjs';

const { quick, rounds, wanted } = readOptions(3);
const env = environment([
  'countly-weave',
  '@nestjs/core',
  'nestjs-otel',
  '@sentry/nestjs',
  'posthog-node',
  'countly-sdk-nodejs',
  'autocannon',
]);
const sink = await startSink();
const sections = [];
const raw = {};
const seconds = quick ? 3 : 8;

for (const platform of ['express', 'fastify']) {
  const variants = WEB_VARIANTS.filter(({ name }) => name === 'bare' || wanted(name));
  const results = await interleave(variants, rounds, (variant) =>
    runScenario('web-app', { variant, platform, seconds }, sink, { helpers: { load } }),
  );
  raw[platform] = Object.fromEntries(results);
  const bare = results.get('bare');
  const beside = (list, compare) => spread(list.map((result, round) => compare(result, bare[round] ?? bare[0])));
  const rows = [...results].map(([name, list]) => {
    if (list.length === 0) return [name, '–', '–', '–', '–', '–', '–', '–'];
    const { perSecond, p99, cpuUs, delivered } = summarise(list);
    return [
      name,
      perSecond,
      beside(list, (mine, theirs) => mine.perSecond / theirs.perSecond),
      p99,
      beside(list, (mine, theirs) => mine.p99 / theirs.p99),
      cpuUs,
      name === 'bare' ? '–' : beside(list, (mine, theirs) => mine.cpuUs - theirs.cpuUs),
      delivered,
    ];
  });
  sections.push({
    title: `NestJS on ${platform}`,
    note:
      `autocannon with 50 connections for ${seconds} s after as long to warm up. Ratios and differences are to the bare ` +
      'application of the same round. Delivered is what had arrived after a flush of at most three seconds.',
    body: table(
      ['variant', 'requests/s', 'ratio', 'p99, ms', 'ratio of p99', 'µs CPU a request', 'added µs', '% delivered'],
      rows,
    ),
  });
}

sink.stop();
publish('http', env, sections, raw);
