import type { NumbersBatch } from './batch.js';
import { EventNumbers } from './event-numbers.js';
import { CrashNumbers, ProblemNumbers, TraceNumbers } from './report-numbers.js';
import { RequestNumbers } from './request-numbers.js';
import { TimeLine } from './time-line.js';
import { ViewNumbers } from './view-numbers.js';

/**
 * Everything the page shows as a number, kept as it comes in: counting a million rows anew for each question would take
 * seconds. Lives in memory and is counted again from the rows when a file is opened.
 */
export class Numbers {
  events = new EventNumbers();
  views = new ViewNumbers();
  crashes = new CrashNumbers();
  traces = new TraceNumbers();
  problems = new ProblemNumbers();
  requests = new RequestNumbers();
  timeLine = new TimeLine();
  sessions = 0;

  add(batch: NumbersBatch): void {
    const at = batch.request?.received_at ?? 0;
    const before = { events: this.events.events, views: this.views.visits };
    for (const event of batch.events) this.events.add(event, at);
    for (const view of batch.views) this.views.add(view);
    for (const end of batch.viewEnds) this.views.end(end);
    for (const crash of batch.crashes) this.crashes.add(crash);
    for (const trace of batch.traces) this.traces.add(trace, at);
    for (const problem of batch.problems) this.problems.add(problem);
    for (const { from, to } of batch.merges) this.#merge(from, to);
    this.sessions += batch.sessions;
    if (batch.request === undefined) return;
    const refused = this.requests.add(batch.request, batch.entries);
    this.timeLine.add(at, 'events', this.events.events - before.events);
    this.timeLine.add(at, 'views', this.views.visits - before.views);
    this.timeLine.add(at, 'errors', batch.crashes.length);
    this.timeLine.add(at, 'traces', batch.traces.length);
    this.timeLine.add(at, 'requests', 1);
    this.timeLine.add(at, 'rejected', refused ? 1 : 0);
  }

  forget(): void {
    this.events = new EventNumbers();
    this.views = new ViewNumbers();
    this.crashes = new CrashNumbers();
    this.traces = new TraceNumbers();
    this.problems = new ProblemNumbers();
    this.requests = new RequestNumbers();
    this.timeLine = new TimeLine();
    this.sessions = 0;
  }

  #merge(from: string, to: string): void {
    for (const named of [this.events.keys, this.views.names, this.crashes.groups]) {
      for (const { devices } of named.values()) if (devices.delete(from)) devices.add(to);
    }
  }
}
