import type { RecordDraft } from '../features/feature.js';

/**
 * Whether a draft claims something that a failure makes untrue. Views, sessions, crashes, traces, consent and changes of ids
 * happened all the same.
 */
export function isClaim({ kind, feature }: RecordDraft): boolean {
  return kind === 'event' ? feature !== 'views' : feature === 'users' || feature === 'attribution';
}
