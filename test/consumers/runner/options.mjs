import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { AREAS } from './areas.mjs';
import { NEST_MAJORS } from './nest-majors.mjs';
import { NODE_FLOOR, NODE_LINES } from './nodes.mjs';

const NAMES = [...new Set(AREAS.map(({ area }) => area))];

export const USAGE = `node test/consumers/run.mjs [options]

  --nest <10,11,12>     only these majors of Nest
  --node <20,22,24,26>  only these lines of Node; also an exact version
  --only <areas>        only these of: ${NAMES.join(', ')}
  --tarball <file>      a package packed before, instead of packing this repository
  --keep                leave the folder with the consumers, and say where it is`;

/** Reads the arguments; throws an error with a readable message on a wrong one. */
export function readOptions(args) {
  const list = { type: 'string', multiple: true };
  const { values } = parseArgs({
    args,
    options: {
      nest: list,
      node: list,
      only: list,
      tarball: { type: 'string' },
      keep: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  return {
    nest: choose('--nest', values.nest, Object.keys(NEST_MAJORS)),
    node: choose('--node', values.node, [...NODE_LINES, NODE_FLOOR], /^\d+(\.\d+){0,2}$/),
    only: choose('--only', values.only, NAMES),
    tarball: values.tarball === undefined ? undefined : resolve(values.tarball),
    keep: values.keep === true,
    help: values.help === true,
    whole: values.nest === undefined && values.node === undefined && values.only === undefined,
  };
}

function choose(name, given, all, alsoAllowed = /^$/) {
  if (given === undefined) return all;
  const chosen = given.flatMap((text) => text.split(','));
  const wrong = chosen.filter((value) => !all.includes(value) && !alsoAllowed.test(value));
  if (wrong.length > 0) throw new Error(`${name} takes ${all.join(', ')}; got ${wrong.join(', ')}`);
  return [...new Set(chosen)];
}
