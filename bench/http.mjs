// A NestJS application under load: what watching it costs, beside the bare one. `--node path,path` names the Nodes, `--clients
// fastify` the platform.
import { execFileSync } from 'node:child_process';
import { load } from './support/load.mjs';
import { readOptions } from './support/options.mjs';
import { runScenario, startSink } from './support/processes.mjs';
import { environment, format, publish, summaryRow, table } from './support/report.mjs';
import { interleave, quantile, spread } from './support/rounds.mjs';
import { WEB_VARIANTS } from './web/index.mjs';

const { quick, rounds, nodes, wanted, wantedClient } = readOptions(3);
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
const EVENT = 'countly-weave, scope + event';
const PLATFORMS = ['express', 'fastify'].filter((platform) => wantedClient(platform));
const sections = [];
const raw = {};
const summary = [];
const [warmUp, seconds] = quick ? [4, 4] : [8, 8];

/** All variants in turn, round after round, so that what is compared met the same machine. */
async function measure(platform, node) {
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  const variants = WEB_VARIANTS.filter(({ name }) => name === 'bare' || wanted(name));
  const results = await interleave(variants, rounds, (variant) =>
    runScenario('web-app', { variant, platform, warmUp, seconds }, sink, { node, helpers: { load } }),
  );
  raw[`${platform} ${version}`] = Object.fromEntries(results);
  const measured = new Map(
    [...results].map(([name, list]) => [name, figures(list.flatMap((result) => result.seconds))]),
  );
  const bare = measured.get('bare');
  const rows = [...measured].map(([name, mine]) => [
    name,
    both((at) => mine.perSecond[at]),
    both((at) => mine.perSecond[at] / bare.perSecond[at]),
    both((at) => mine.p99[at]),
    both((at) => mine.p99[at] / bare.p99[at]),
    both((at) => mine.cpuUs[at]),
    name === 'bare' ? '–' : both((at) => mine.cpuUs[at] - bare.cpuUs[at]),
    spread(results.get(name).map(({ delivered }) => delivered)),
  ]);
  sections.push({
    title: `NestJS on ${platform}, Node ${version}`,
    note:
      `autocannon with 50 connections, ${rounds} times ${seconds} s after ${warmUp} s to warm up. The tenth quickest of a ` +
      'hundred seconds, and in brackets the median. Delivered is what had arrived after a flush of at most three seconds.',
    body: table(
      ['variant', 'requests/s', 'ratio', 'p99, ms', 'ratio of p99', 'µs CPU a request', 'added µs', '% delivered'],
      rows,
    ),
  });
  const entries = [...measured].map(([name, { cpuUs }]) => [name, cpuUs.quick]);
  summary.push(summaryRow(`A request of NestJS on ${platform}, scope + event: µs CPU`, version, entries, EVENT));
}

for (const node of nodes) {
  for (const platform of PLATFORMS) await measure(platform, node);
}

sink.stop();
publish('http', env, sections, raw, summary);

/** What else the machine does only ever adds, so the quick seconds say most. */
function figures(list) {
  const at = (field, quick) => {
    const values = list.map((second) => second[field]);
    return { quick: quantile(values, quick), median: quantile(values, 0.5) };
  };
  return { perSecond: at('perSecond', 0.9), p99: at('p99', 0.1), cpuUs: at('cpuUs', 0.1) };
}

function both(figure) {
  return `${format(figure('quick'))} (${format(figure('median'))})`;
}
