import { describe, expect, it } from 'vitest';
import { OperationNames } from '../../nest/traffic/operation.js';

const info = (operation: unknown, fieldName: unknown = 'cart') => ({ fieldName, operation });
const select = (name: string) => ({ selections: [{ kind: 'Field', alias: { value: 'mine' }, name: { value: name } }] });

describe('names of GraphQL operations', () => {
  it('are what the client calls them', () => {
    expect(new OperationNames().of(info({ operation: 'query', name: { value: 'Cart' } }))).toBe('query Cart');
  });

  it('are the first field, never its alias, without one', () => {
    const operation = { operation: 'mutation', selectionSet: select('addItem') };
    expect(new OperationNames().of(info(operation))).toBe('mutation addItem');
  });

  it('are the field at hand where the operation begins with a fragment', () => {
    const operation = { operation: 'query', selectionSet: { selections: [{ kind: 'FragmentSpread' }] } };
    expect(new OperationNames().of(info(operation))).toBe('query cart');
  });

  it('do not grow with what clients make up', () => {
    const names = new OperationNames();
    const of = (value: string) => names.of(info({ operation: 'query', name: { value }, selectionSet: select('cart') }));
    const made = new Set(Array.from({ length: 2000 }, (_, i) => of(`Name${i}`)));
    expect(made.size).toBe(501);
    expect(of('Name7')).toBe('query Name7');
    expect(of('Name1999')).toBe('query cart');
  });

  it.each([undefined, null, 7, {}, { operation: null }, { operation: { operation: 7 } }])('are none of %j', (value) => {
    expect(new OperationNames().of(value)).toBeUndefined();
  });
});
