import { createHash, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { clearTimeout, setTimeout } from '../clock.js';
import { CallCounts } from './call-counts.js';
import type { EntryNote, InspectorLink, LinkPort, SentRequests } from './contract.js';
import { type Maker, makerText, readMaker } from './maker.js';
import { MethodList } from './method-list.js';
import { UnitList } from './unit-list.js';

/** Deliveries of a moment are told together. */
const SOON_MS = 50;
/** What changes without a delivery is told now and then. */
const LATER_MS = 1000;
/** A process that ends does not wait longer for an inspector. */
const CLOSE_MS = 500;
/** Requests that wait to be told of; the inspector is away when there are more. */
const MOST_WAITING = 500;

interface Made {
  readonly body: string;
  readonly entries: readonly (readonly Maker[])[];
}

/** Tells an inspector what only an inspector gets. */
export function createInspectorLink(port: LinkPort): InspectorLink {
  return new Link(port);
}

class Link implements InspectorLink {
  readonly #client: object;
  readonly #id = randomUUID();
  readonly #methods = new MethodList();
  #units = new UnitList();
  readonly #calls = new CallCounts();
  #runId = '';
  #made: Made[] = [];
  #toldLedger = '';
  /** The inspector has taken something, so it knows this client. */
  #isKnown = false;
  #timer: NodeJS.Timeout | undefined;
  #isSoon = false;
  #posting: Promise<unknown> | undefined;
  #ended = true;

  constructor(private readonly port: LinkPort) {
    const { name, app, version } = port;
    const startedAt = Math.round(port.now() - process.uptime() * 1000);
    this.#client = { id: this.#id, name, app, version, pid: process.pid, hostname: hostname(), startedAt };
  }

  answered(runId: string): void {
    if (runId !== this.#runId) {
      // It was started anew and knows nothing.
      this.#runId = runId;
      this.#isKnown = false;
      this.#methods.forgetTold();
      this.#units = new UnitList();
      this.#toldLedger = '';
    }
    if (!this.#ended) return;
    this.#ended = false;
    this.#calls.start();
    this.#tellIn(SOON_MS);
  }

  makerOf({ recorder, scope }: Omit<EntryNote, 'at'>): string | undefined {
    if (this.#ended || !this.#isKnown || (recorder === undefined && scope === undefined)) return undefined;
    const ref = this.#methods.refOf(recorder);
    if (ref !== null && !this.#methods.isTold(ref)) return undefined;
    const unit = this.#units.idOf({ recorder, scope, at: this.port.now() });
    if (ref === null && unit === null) return undefined;
    this.#tellIn(SOON_MS);
    return makerText({ client: this.#id, ref, unit });
  }

  sent({ requests, body, notes }: SentRequests): void {
    if (this.#ended) return;
    const entries = requests.map((request) =>
      request.entries.map(({ id, maker }) => {
        const note = notes.get(id);
        return readMaker(maker) ?? { ref: this.#methods.refOf(note?.recorder), unit: this.#units.idOf(note) };
      }),
    );
    const isMade = entries.some((makers) => makers.some(({ ref, unit }) => ref !== null || unit !== null));
    if (isMade && this.#made.length < MOST_WAITING) {
      this.#made.push({ body: createHash('sha256').update(body).digest('hex'), entries });
    }
    this.#tellIn(SOON_MS);
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#calls.stop();
    this.#made = [];
  }

  async close(): Promise<void> {
    if (this.#ended) return;
    clearTimeout(this.#timer);
    let late: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => {
      late = setTimeout(resolve, CLOSE_MS);
    });
    const told = (async () => {
      await this.#posting;
      await this.#post(true);
    })();
    await Promise.race([told, timeout]);
    clearTimeout(late);
    this.end();
  }

  #tellIn(ms: number): void {
    // One that is due soon stays: a client that never rests tells all the same.
    if (this.#ended || (this.#timer !== undefined && (ms >= LATER_MS || this.#isSoon))) return;
    clearTimeout(this.#timer);
    this.#isSoon = ms < LATER_MS;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#posting = this.#post(false).finally(() => {
        this.#posting = undefined;
        this.#tellIn(this.#made.length > 0 || this.#methods.hasMore ? SOON_MS : LATER_MS);
      });
    }, ms);
    this.#timer.unref();
  }

  /** Everything that was not told yet; what the inspector did not take comes again. */
  async #post(closed: boolean): Promise<void> {
    if (this.#posting !== undefined && !closed) return;
    const { accepted, delivered, pending, dropped } = this.port.stats();
    const ledger = { accepted, delivered, pending, dropped };
    const made = this.#made;
    const methods = this.#methods.untold(this.#calls.classNames);
    const units = this.#units.untold();
    const calls = this.#calls.untold((method) => this.#methods.refOfMethod(method));
    const ledgerText = JSON.stringify(ledger);
    const isNew = made.length + methods.length + units.length + calls.length > 0 || ledgerText !== this.#toldLedger;
    if (!isNew && !closed) return;
    const runId = this.#runId;
    this.#made = [];
    const taken = await this.port.post(
      JSON.stringify({ client: this.#client, closed, ledger, methods, calls, units, made }),
    );
    if (!taken || runId !== this.#runId) return;
    this.#isKnown = true;
    this.#methods.told(methods);
    this.#units.told(units);
    this.#calls.told();
    this.#toldLedger = ledgerText;
  }
}
