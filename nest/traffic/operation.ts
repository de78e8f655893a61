import { recordOf } from '../scope/unknown-record.js';

/** Names of operations are made up by clients; more than these are asked for by what they select. */
const MAX_NAMES = 500;
const NAME = /^[_A-Za-z]\w{0,63}$/;

/** Names GraphQL operations for their traces: `query Cart`, or by their first field, `mutation addItem`. */
export class OperationNames {
  readonly #known = new Set<string>();

  /** @param info - the last argument of a resolver; `undefined` when it is none */
  of(info: unknown): string | undefined {
    const operation = recordOf(recordOf(info)?.['operation']);
    const kind = operation?.['operation'];
    if (operation === undefined || typeof kind !== 'string') return undefined;
    const given = recordOf(operation['name'])?.['value'];
    const name = typeof given === 'string' && this.#isFine(given) ? given : firstField(operation, info);
    return name === undefined ? undefined : `${kind} ${name}`;
  }

  #isFine(name: string): boolean {
    if (this.#known.has(name)) return true;
    if (!NAME.test(name) || this.#known.size >= MAX_NAMES) return false;
    this.#known.add(name);
    return true;
  }
}

/** Fields are the schema's; their aliases would be the client's. */
function firstField(operation: Readonly<Record<string, unknown>>, info: unknown): string | undefined {
  const selections = recordOf(operation['selectionSet'])?.['selections'];
  const [first] = Array.isArray(selections) ? (selections as unknown[]) : [];
  const name = recordOf(recordOf(first)?.['name'])?.['value'];
  const field = recordOf(first)?.['kind'] === 'Field' ? name : recordOf(info)?.['fieldName'];
  return typeof field === 'string' && NAME.test(field) ? field : undefined;
}
