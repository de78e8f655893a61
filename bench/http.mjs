// A NestJS application under load (issue 6): what watching it costs, beside the bare one.
import { inTurns } from './support/load.mjs';
import { readOptions } from './support/options.mjs';
import { runScenario, startSink } from './support/processes.mjs';
import { environment, publish, table } from './support/report.mjs';
import { sideBySide, spread, summarise } from './support/rounds.mjs';
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
const sections = [];
const raw = {};
const seconds = quick ? 3 : 8;

/** One application with a sink of its own. */
async function watched(variant, platform, { load, leave }) {
  const sink = await startSink();
  try {
    return await runScenario('web-app', { variant, platform, seconds }, sink, {
      helpers: { load },
      timeoutMs: 600_000,
    });
  } catch (error) {
    leave();
    throw error;
  } finally {
    sink.stop();
  }
}

for (const platform of ['express', 'fastify']) {
  const variants = WEB_VARIANTS.filter(({ name }) => name === 'bare' || wanted(name));
  const groups = [variants.filter(({ heavy }) => !heavy), ...variants.filter(({ heavy }) => heavy).map((one) => [one])];
  let turns;
  const results = await sideBySide(groups, rounds, (variant) => {
    const group = groups.find((members) => members.includes(variant));
    if (variant === group[0]) turns = inTurns(group.length);
    return watched(variant, platform, turns);
  });
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
      'application of the same round; all down to `@Span` run at once and are loaded in turn, a second each, the others by ' +
      'themselves. Delivered is what had arrived after a flush of at most three seconds.',
    body: table(
      ['variant', 'requests/s', 'ratio', 'p99, ms', 'ratio of p99', 'µs CPU a request', 'added µs', '% delivered'],
      rows,
    ),
  });
}

publish('http', env, sections, raw);
