import type { TrackingPlan } from '../../lib/internal.js';
import type { Difference } from '../plan/differences.js';

/** Differences as annotations of a workflow. */
export function githubDifferences(found: readonly Difference[]): string {
  return found
    .map(({ kind, breaking, what, message, source }) =>
      annotation(breaking ? 'error' : 'notice', `${kind}: ${what} ${message}`, source),
    )
    .join('\n');
}

/** What is at risk in a plan as annotations of a workflow. */
export function githubRisks({ entries }: TrackingPlan): string {
  return entries
    .flatMap(({ key, class: of, method, risks, source }) =>
      risks.map(({ message }) =>
        annotation('warning', `${key ?? `${of ?? '?'}.${method ?? '?'}`}: ${message}`, source),
      ),
    )
    .join('\n');
}

function annotation(level: string, message: string, source: Difference['source']): string {
  const place = source === null ? '' : ` file=${property(source.file)},line=${source.line}`;
  return `::${level}${place}::${escaped(message)}`;
}

function escaped(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return escaped(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
