import { isList, isObject, member } from '../check.js';
import type { VisitorChangeSet, VisitorOutcome } from '../outbox/visitor-store.js';

/** The outcome of a group, as it has to be; undefined for anything else, which is as good as none. */
export function readOutcome(
  outcomes: unknown,
  index: number,
  sent: readonly VisitorChangeSet[],
): VisitorOutcome | undefined {
  const outcome: unknown = isList(outcomes) ? outcomes[index] : undefined;
  if (!isObject(outcome)) return undefined;
  const { kind, versions, current } = outcome as Partial<Record<'kind' | 'versions' | 'current', unknown>>;
  if (kind === 'apart') return { kind };
  const list = kind === 'stored' ? versions : kind === 'conflict' ? current : undefined;
  if (!isList(list) || list.length !== sent.length) return undefined;
  const isStored = (one: unknown) =>
    Number.isSafeInteger(member(one, 'version')) && typeof member(one, 'state') === 'string';
  if (!list.every(kind === 'stored' ? Number.isSafeInteger : isStored)) return undefined;
  // Whoever says that somebody was quicker, and has what was changed, would say so for ever.
  if (kind === 'conflict' && list.every((one, i) => member(one, 'version') === sent[i]?.version)) return undefined;
  return outcome as VisitorOutcome;
}
