import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, loadavg, totalmem } from 'node:os';

const require = createRequire(import.meta.url);
const FOLDER = new URL('../results/', import.meta.url);

/** Where and with what it was measured; the load tells whether the figures can be trusted. */
export function environment(packages = []) {
  const [cpu] = cpus();
  return {
    date: new Date().toISOString(),
    node: process.version,
    machine: `${cpus().length} x ${cpu.model}, ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform} ${process.arch}`,
    loadAverage: loadavg().map((load) => Number(load.toFixed(2))),
    versions: Object.fromEntries(packages.map((name) => [name, versionOf(name)])),
  };
}

function versionOf(name) {
  // Some packages do not export their package.json.
  for (const folder of require.resolve.paths(name) ?? []) {
    try {
      return JSON.parse(readFileSync(`${folder}/${name}/package.json`, 'utf8')).version;
    } catch {}
  }
  return 'not installed';
}

/** `format(1234.5)` is `1 230`: three digits carry all that such a measurement can tell. */
export function format(value) {
  if (value === undefined || !Number.isFinite(value)) return '–';
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3;
  return value.toFixed(digits).replace(/\B(?=(\d{3})+(?!\d)(?<!\.\d*))/g, ' ');
}

export function formatSpread(entry) {
  if (entry === undefined) return '–';
  const { median, min, max } = entry;
  return min === max ? format(median) : `${format(median)} (${format(min)}..${format(max)})`;
}

/** A markdown table; cells are texts, numbers or spreads. */
export function table(columns, rows) {
  const cell = (value) => (typeof value === 'object' || value === undefined ? formatSpread(value) : String(value));
  const lines = [columns, columns.map(() => '---'), ...rows.map((row) => row.map(cell))];
  return lines.map((line) => `| ${line.join(' | ')} |`).join('\n');
}

/**
 * A row of the one table at the end: what countly-weave has of a measure, and what the others have in the same run.
 *
 * @param {string} measure with its unit
 * @param {string} node version of the Node that it was measured under
 * @param {Iterable<[string, unknown]>} entries by name, in the order of the table; numbers, spreads or texts
 */
export function summaryRow(measure, node, entries, ours = 'countly-weave') {
  const shown = [...entries].map(([name, value]) => [
    name,
    typeof value === 'string' ? value : format(typeof value === 'object' ? value?.median : value),
  ]);
  const mine = shown.find(([name]) => name === ours)?.[1] ?? '–';
  const beside = shown.filter(([name]) => name !== ours).map((pair) => pair.join(' '));
  return [measure, node, mine, beside.join('; ')];
}

/**
 * Prints the tables and keeps them, with all single results, in the ignored folder `results/`. `summary` are the rows of
 * the one table at the end (summary.mjs): `[measure, Node, countly-weave, beside it]`.
 */
export function publish(name, env, sections, raw, summary = []) {
  const head = `Node ${env.node}, ${env.machine}, load ${env.loadAverage.join(' ')} at ${env.date}`;
  const versions = Object.entries(env.versions).map(([peer, version]) => `${peer} ${version}`);
  const text = [
    `## ${name}`,
    head,
    versions.join(', '),
    ...sections.map(({ title, note, body }) => `### ${title}\n${note ? `${note}\n` : ''}\n${body}`),
  ].join('\n\n');
  mkdirSync(FOLDER, { recursive: true });
  // The same benchmark under another Node has files of its own (run-all.mjs).
  const file = [name, process.env.BENCH_LABEL].filter(Boolean).join('-');
  writeFileSync(new URL(`${file}.md`, FOLDER), `${text}\n`);
  writeFileSync(new URL(`${file}.json`, FOLDER), JSON.stringify({ environment: env, summary, ...raw }, undefined, 1));
  console.log(`${text}\n`);
}
