import type { MethodRef } from '../../src/api/contract.js';
import { hrefTo } from '../lib/route.js';

/** The woven methods that made something; nothing where no client has told. */
export function MethodLinks({ of }: { of: readonly MethodRef[] | undefined }) {
  if (of === undefined || of.length === 0) return <span class="faint">–</span>;
  return (
    <span class="methods">
      {of.slice(0, 3).map(({ id, label }) => (
        <a key={id} class="code-name" href={hrefTo('code', String(id))}>
          {label}
        </a>
      ))}
      {of.length > 3 && <span class="faint">+{of.length - 3}</span>}
    </span>
  );
}
