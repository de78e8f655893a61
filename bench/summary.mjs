// The one table of all benchmarks that have left a result in results/: what the README quotes, with date and machine.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { table } from './support/report.mjs';

const FOLDER = new URL('./results/', import.meta.url);
const FILES = ['cold', 'deliver', 'record', 'weave', 'http', 'durability', 'soak', 'fleet', 'comparison'];

const found = existsSync(FOLDER) ? readdirSync(FOLDER).sort() : [];
const results = FILES.flatMap((name) => found.filter((file) => new RegExp(`^${name}(-v.+)?\\.json$`).test(file))).map(
  (file) => JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')),
);
if (results.length === 0) throw new Error('there are no results yet: run a benchmark first');

const machines = [...new Set(results.map(({ environment }) => environment.machine))];
const dates = [...new Set(results.map(({ environment }) => environment.date.slice(0, 10)))].sort();
const versions = Object.assign({}, ...results.map(({ environment }) => environment.versions));
const rows = results.flatMap(({ summary = [] }) => summary);
const text = [
  '## Summary',
  `${dates.join(', ')}; ${machines.join('; ')}`,
  Object.entries(versions)
    .map((pair) => pair.join(' '))
    .join(', '),
  table(['measure', 'Node', 'countly-weave', 'beside it, in the same run'], rows),
].join('\n\n');
writeFileSync(new URL('summary.md', FOLDER), `${text}\n`);
console.log(text);
