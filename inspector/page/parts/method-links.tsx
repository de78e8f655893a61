import type { Code, MethodRef } from '../../src/api/contract/code.js';
import { hrefTo } from '../lib/route.js';
import { useApi } from '../lib/use-api.js';

/** One woven method of which only the number is known. */
export function MethodLink({ id }: { id: number }) {
  const { data } = useApi<Code>('code');
  const found = data?.methods.find((method) => method.id === id);
  return (
    <a class="code-name" href={hrefTo('code', String(id))}>
      {found?.label ?? `method ${id}`}
    </a>
  );
}

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
