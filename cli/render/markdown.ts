import type { PlanEntry, TrackingPlan } from '../../lib/internal.js';
import type { Difference } from '../plan/differences.js';
import { shapeText } from '../plan/planned-segments.js';

const TITLES: readonly (readonly [string, readonly PlanEntry['kind'][]])[] = [
  ['Events', ['event', 'timed-event']],
  ['Views', ['view']],
  ['Traces', ['trace']],
  ['Errors and breadcrumbs', ['error', 'breadcrumb']],
];

/** A plan as a page to read. */
export function markdownPlan({ entries }: TrackingPlan): string {
  const lines = ['# Tracking plan', ''];
  for (const [title, kinds] of TITLES) {
    const own = entries.filter(({ kind }) => kinds.includes(kind));
    if (own.length === 0) continue;
    lines.push(
      `## ${title}`,
      '',
      '| key | by | segments | when | consent | about |',
      '| --- | --- | --- | --- | --- | --- |',
    );
    lines.push(...own.map(row), '');
  }
  const risky = entries.filter(({ risks }) => risks.length > 0);
  if (risky.length > 0) {
    lines.push('## At risk', '');
    for (const entry of risky)
      for (const { code, message } of entry.risks) lines.push(`- ${cell(nameOf(entry))}: ${cell(message)} (${code})`);
    lines.push('');
  }
  return lines.join('\n').trimEnd();
}

function nameOf({ key, class: of, method }: PlanEntry): string {
  return key === null ? `${of ?? '?'}.${method ?? '?'}` : key;
}

function row(entry: PlanEntry): string {
  const {
    key,
    decorator,
    class: of,
    method,
    source,
    segments,
    moreSegments,
    moment,
    sample,
    conditional,
    consent,
  } = entry;
  const place = source === null ? '' : ` (${source.file}:${source.line})`;
  const when = [moment ?? '', sample < 1 ? `${sample * 100} %` : '', conditional ? 'if' : ''].filter(
    (word) => word !== '',
  );
  const about = [entry.description ?? '', entry.owner === null ? '' : `owner: ${entry.owner}`].filter(
    (word) => word !== '',
  );
  const cells = [
    key === null ? (entry.keyFrom === 'dynamic' ? 'known at run time only' : '') : `\`${key}\``,
    decorator === null ? `catalogue${place}` : `${decorator} ${of ?? '?'}.${method}${place}`,
    shapeText(segments, moreSegments),
    when.join(', '),
    consent,
    about.join('; '),
  ];
  return `| ${cells.map(cell).join(' | ')} |`;
}

/** Nothing of the text is markup. */
function cell(text: string): string {
  return text.replace(/[\r\n]+/g, ' ').replace(/[|<]/g, (mark) => `\\${mark}`);
}

/** Differences as a list to read. */
export function markdownDifferences(found: readonly Difference[]): string {
  if (found.length === 0) return 'The plan is as it was.';
  return found
    .map(({ kind, breaking, what, message, source }) => {
      const place = source === null ? '' : ` [${source.file}:${source.line}]`;
      return `- ${breaking ? '✗' : '+'} ${kind}: ${cell(what)} ${cell(message)}${place}`;
    })
    .join('\n');
}
