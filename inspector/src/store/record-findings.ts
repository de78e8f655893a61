import { CATALOGUE } from '../checks/catalogue.js';
import type { IngestContext } from '../ingest/context.js';

/** Writes what the checks found in this request as rows of `problems`. */
export function recordFindings(context: IngestContext, at: number): void {
  for (const finding of context.checker.findings) {
    const rule = CATALOGUE.get(finding.row);
    if (rule === undefined) throw new Error(`check for row ${finding.row} has no rule in the catalogue`);
    const row = {
      at,
      row: finding.row,
      level: rule.level,
      title: rule.title,
      message: finding.message,
      server: rule.server,
      remedy: rule.remedy,
      request_id: context.requestId,
      position: finding.position ?? null,
      app_key: finding.appKey ?? null,
      device_id: finding.deviceId ?? null,
      occurrences: finding.occurrences,
    };
    const id = context.store.insert.problems(row);
    context.numbers.problems.push({ id, ...row });
    context.live.add('problem', () => ({ id, ...row }));
  }
}
