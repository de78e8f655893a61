import type { RecordSink } from './record-sink.js';

/** Ids `first`, `first + 1`, … `first + more`. */
export interface IdRun {
  readonly first: number;
  readonly more: number;
}

/** Neighbours in the given order become one run; the order is kept. */
export function runsOf(ids: readonly number[]): IdRun[] {
  const runs: IdRun[] = [];
  let first = ids[0];
  if (first === undefined) return runs;
  let last = first;
  for (let i = 1; i < ids.length; i++) {
    const id = ids[i] as number;
    if (id !== last + 1) {
      runs.push({ first, more: last - first });
      first = id;
    }
    last = id;
  }
  runs.push({ first, more: last - first });
  return runs;
}

/**
 * Text of runs: each begins at the distance from the end of the one before (the first from `base`), in base 36, and
 * tells after `+` how many follow. `formatRuns([{ first: 12, more: 2 }, { first: 20, more: 0 }], 10)` is `2+2,6`.
 */
export function formatRuns(runs: readonly IdRun[], base: number): string {
  let text = '';
  let from = base;
  for (const run of runs) {
    if (text) text += ',';
    text += (run.first - from).toString(36);
    if (run.more > 0) text += `+${run.more.toString(36)}`;
    from = run.first + run.more;
  }
  return text;
}

/** Places the text of the ids' runs, as {@link formatRuns} makes it, without making it: there is one for each request. */
export function putRuns(sink: RecordSink, ids: readonly number[], base: number): void {
  let from = base;
  for (let i = 0; i < ids.length; ) {
    const first = ids[i] as number;
    let last = first;
    while (++i < ids.length && ids[i] === last + 1) last++;
    sink.number(first - from);
    if (last > first) {
      sink.plus();
      sink.number(last - first);
    }
    if (i < ids.length) sink.comma();
    from = last;
  }
}

export function parseRuns(text: string, base: number): IdRun[] {
  const runs: IdRun[] = [];
  let from = base;
  for (const part of text.split(',')) {
    const plus = part.indexOf('+', 1);
    const first = from + Number.parseInt(plus < 0 ? part : part.slice(0, plus), 36);
    const more = plus < 0 ? 0 : Number.parseInt(part.slice(plus + 1), 36);
    if (!Number.isSafeInteger(first) || !Number.isSafeInteger(more)) return [];
    runs.push({ first, more });
    from = first + more;
  }
  return runs;
}
