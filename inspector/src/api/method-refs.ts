import type { CollectorParts } from '../http/collector.js';
import type { MadeKind } from '../offers/made-by.js';
import { labelOf } from '../offers/method-table.js';
import type { MethodRef } from './contract/code.js';

/** The woven methods that made rows of this key. */
export function methodRefs({ madeBy, methods }: CollectorParts, kind: MadeKind, key: string): MethodRef[] {
  return madeBy.methodsOf(kind, key).flatMap((id) => {
    const row = methods.find(id);
    return row === undefined ? [] : [{ id, label: labelOf(row) }];
  });
}
