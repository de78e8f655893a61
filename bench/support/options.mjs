import { parseArgs } from 'node:util';

/**
 * `--quick` (one short round), `--rounds n`, `--only text` (variants and sections whose name contains it), `--clients text`
 * (the same for the clients of a section), `--node path` (where whole processes are measured: under which Node). Several
 * texts or paths are separated by commas.
 */
export function readOptions(defaultRounds = 5) {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean' },
      rounds: { type: 'string' },
      only: { type: 'string' },
      clients: { type: 'string' },
      node: { type: 'string' },
    },
  });
  const quick = values.quick ?? false;
  const rounds = values.rounds === undefined ? (quick ? 1 : defaultRounds) : Number(values.rounds);
  const nodes = values.node?.split(',') ?? [process.execPath];
  return { quick, rounds, nodes, wanted: containing(values.only), wantedClient: containing(values.clients) };
}

function containing(texts) {
  const parts = texts?.split(',');
  return (name) => parts === undefined || parts.some((part) => name.includes(part));
}
