import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { ReportErrors } from 'countly-weave';
import { Shipment } from './shipment.js';

/** Orders that wait for the worker: one JSON object a line, as a queue or another service would write them. */
export class OrderQueue {
  constructor(private readonly file: string | URL) {}

  /** Gives the orders one after the other; a line that is none is reported and passed over. */
  async *shipments(): AsyncGenerator<Shipment, void, void> {
    for await (const line of createInterface({
      input: createReadStream(this.file),
      crlfDelay: Number.POSITIVE_INFINITY,
    })) {
      if (line.trim() === '') continue;
      try {
        yield this.parse(line);
      } catch {
        // Reported by @ReportErrors; one bad line does not stop the others.
      }
    }
  }

  @ReportErrors()
  private parse(line: string): Shipment {
    return new Shipment(JSON.parse(line) as Record<string, unknown>);
  }
}
