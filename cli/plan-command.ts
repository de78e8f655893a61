import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { CountlyConfigError } from '../lib/index.js';
import { counted, readTrackingPlan, TRACKING_PLAN_SCHEMA, type TrackingPlan } from '../lib/internal.js';
import type { Format, PlanTask } from './arguments.js';
import { loadApplication } from './load/load-application.js';
import { complain, print } from './output.js';
import { buildPlan } from './plan/build-plan.js';
import { contradictions, type Difference, differences } from './plan/differences.js';
import { githubDifferences, githubRisks } from './render/github.js';
import { jsonText } from './render/json.js';
import { markdownDifferences, markdownPlan } from './render/markdown.js';

const FAILED = 1;

/** Does what was asked for; the exit code. */
export async function runPlan(task: PlanTask): Promise<number> {
  if (task.kind === 'schema') {
    print(jsonText(TRACKING_PLAN_SCHEMA));
    return 0;
  }
  if (task.kind === 'diff')
    return tell(differences(readPlan(task.before), readPlan(task.after)), task.format, task.before);
  // Before anything is loaded: a file that cannot be read is told at once.
  const accepted = task.kind === 'check' ? readPlan(task.accepted) : undefined;
  const plan = buildPlan(await loadApplication(task.load, task.timeout), process.cwd());
  if (task.kind === 'check') {
    const found = [...contradictions(plan), ...differences(accepted ?? plan, plan)];
    return tell(found, task.format, task.accepted);
  }
  if (task.kind === 'print') {
    print(printed(plan, task.format));
    return 0;
  }
  for (const file of task.out) {
    writeFileSync(file, `${/\.(md|markdown)$/i.test(file) ? markdownPlan(plan) : jsonText(plan)}\n`);
  }
  const risks = plan.entries.flatMap(({ risks }) => risks).length;
  print(`${counted(plan.entries.length, 'entry')}, ${risks} at risk: ${task.out.join(', ')}`);
  return 0;
}

function printed(plan: TrackingPlan, format: Format): string {
  if (format === 'json') return jsonText(plan);
  if (format === 'markdown') return markdownPlan(plan);
  summarize(markdownPlan(plan));
  return githubRisks(plan);
}

function tell(found: readonly Difference[], format: Format | undefined, accepted: string): number {
  const broken = found.filter(({ breaking }) => breaking);
  if (format === 'json') print(jsonText(found));
  else if (format === 'github') {
    summarize(markdownDifferences(found));
    print(githubDifferences(found));
  } else print(markdownDifferences(found));
  if (broken.some(({ kind }) => kind === 'defined-twice'))
    complain('countly-weave: catalogues define one key in two ways. Leave one of the definitions.');
  if (broken.some(({ kind }) => kind !== 'defined-twice'))
    complain(`countly-weave: the plan differs from ${accepted}. If that is meant, write it anew and commit it.`);
  return broken.length > 0 ? FAILED : 0;
}

/** A workflow of GitHub shows this beside its run. */
function summarize(markdown: string): void {
  const file = process.env['GITHUB_STEP_SUMMARY'];
  if (file !== undefined && file !== '') appendFileSync(file, `${markdown}\n`);
}

function readPlan(file: string): TrackingPlan {
  let text: string;
  try {
    text = textOf(readFileSync(file));
  } catch (error) {
    throw new Error(`plan "${file}" cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown reason'}`);
  }
  try {
    return readTrackingPlan(JSON.parse(text), file);
  } catch (error) {
    if (!(error instanceof CountlyConfigError)) throw new Error(`plan "${file}" is no JSON`);
    const [problem] = error.problems;
    throw new Error(`${problem?.option}: expected ${problem?.expected}, got ${problem?.actual}`);
  }
}

/** Editors and shells of Windows put a mark in front of a file, or write two bytes for each character. */
function textOf(bytes: Buffer): string {
  return new TextDecoder(bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8').decode(bytes);
}
