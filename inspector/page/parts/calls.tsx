import type { CodeMethod } from '../../src/api/contract/code.js';
import { ago, number } from '../lib/format.js';
import { Badge } from './bits.js';

interface CallsProps {
  of: CodeMethod;
  /** Nothing of the method ever arrived. */
  none: string;
  /** Something did, which may be of a time when nobody told the calls. */
  earlier: string;
}

/** How often a woven method was called, as far as that was told. */
export function Calls({ of: { calls, fired, arrived }, none, earlier }: CallsProps) {
  if (calls > 0) return <>{number(calls)}</>;
  if (!fired) return <Badge kind="ignored">{none}</Badge>;
  const since = 'No call since the client found this inspector';
  const title = arrived === null ? since : `${since}; what it records arrived last ${ago(arrived)}`;
  return (
    <span class="faint" title={title}>
      {earlier}
    </span>
  );
}

/** When it was called, or what it records arrived. */
export function lastOf({ last, arrived }: CodeMethod): string | null {
  const at = last ?? arrived;
  return at === null ? null : ago(at);
}
