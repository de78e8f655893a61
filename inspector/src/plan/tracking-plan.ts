import { readFileSync } from 'node:fs';
import { isObject } from '../protocol/json.js';

/** A segment as `tracking-plan.json` says it. */
export interface PlannedSegment {
  readonly type: string;
  readonly optional?: boolean;
  readonly values?: readonly unknown[];
  readonly from?: string;
}

/** An event, view or trace as `tracking-plan.json` says it; the rest of the file is of no use here. */
export interface PlanEntry {
  readonly kind: 'event' | 'view' | 'trace';
  readonly key: string;
  readonly segments: ReadonlyMap<string, PlannedSegment>;
  readonly moreSegments: boolean;
  readonly description: string | undefined;
  readonly owner: string | undefined;
}

/** A plan that cannot be used: the message says what was expected and what came. */
export class PlanError extends TypeError {
  override readonly name = 'PlanError';
}

const KINDS = new Map<unknown, PlanEntry['kind']>([
  ['event', 'event'],
  ['timed-event', 'event'],
  ['view', 'view'],
  ['trace', 'trace'],
]);

/** Reads a plan, given as the path of its file or as what is in it. */
export function readPlan(given: unknown): PlanEntry[] {
  const plan = typeof given === 'string' ? parsed(given) : given;
  const name = typeof given === 'string' ? `"${given}"` : 'the object';
  if (!isObject(plan) || plan['version'] !== 1 || !Array.isArray(plan['entries'])) {
    throw new PlanError(`option "plan": expected a tracking plan of version 1, but ${name} is none`);
  }
  return plan['entries'].flatMap((entry: unknown, index) => {
    if (!isObject(entry) || typeof entry['kind'] !== 'string' || !isObject(entry['segments'])) {
      throw new PlanError(`option "plan": entries[${index}] of ${name}: expected an object with kind and segments`);
    }
    const kind = KINDS.get(entry['kind']);
    const { key, description, owner } = entry;
    // Errors and breadcrumbs have no key, and a key that only a running program knows cannot be compared.
    if (kind === undefined || typeof key !== 'string') return [];
    const segments = Object.entries(entry['segments']).filter((pair): pair is [string, PlannedSegment & typeof plan] =>
      isObject(pair[1]),
    );
    return [
      {
        kind,
        // As it is sent.
        key: kind === 'event' ? key.replaceAll('.', '_') : key,
        segments: new Map(segments),
        moreSegments: entry['moreSegments'] === true,
        description: typeof description === 'string' ? description : undefined,
        owner: typeof owner === 'string' ? owner : undefined,
      },
    ];
  });
}

function parsed(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new PlanError(
      `option "plan": "${file}" cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown reason'}`,
    );
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new PlanError(`option "plan": "${file}" is no JSON`);
  }
}
