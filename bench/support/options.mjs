import { parseArgs } from 'node:util';

/** `--quick` (one short round), `--rounds n`, `--only text` (variants and sections whose name contains it). */
export function readOptions(defaultRounds = 5) {
  const { values } = parseArgs({
    options: { quick: { type: 'boolean' }, rounds: { type: 'string' }, only: { type: 'string' } },
  });
  const quick = values.quick ?? false;
  const rounds = values.rounds === undefined ? (quick ? 1 : defaultRounds) : Number(values.rounds);
  const only = values.only?.split(',');
  const wanted = (name) => only === undefined || only.some((part) => name.includes(part));
  return { quick, rounds, wanted };
}
