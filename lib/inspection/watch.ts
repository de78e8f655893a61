import type { SealedRequest } from '../protocol/entry.js';
import type { EntryNote, InspectorLink, LinkPort, SentRequests } from './contract.js';

/** As many entries as may wait to be delivered; of those beyond it nobody learns who made them. */
const MOST_NOTES = 20_000;
/**
 * Until the first answer, of so many entries also the unit of work. It refers to a whole request of the host, and requests that
 * live long teach V8 to put all later ones where only a full collection finds them.
 */
const MOST_UNITS = 50;
/** Deliveries that wait for the link to be loaded. */
const MOST_WAITING = 100;

/**
 * Of a client whose server is on this machine: whether that is an inspector. Until its first answer says so, who made an
 * entry is noted, and of the first few the unit of work; if it says nothing, all of it is forgotten and nothing is noted any more.
 */
export class InspectorWatch {
  #state: 'unknown' | 'inspector' | 'server' = 'unknown';
  readonly #notes = new Map<number, EntryNote>();
  #link: InspectorLink | undefined;
  #loading: Promise<void> | undefined;
  #runId = '';
  #waiting: SentRequests[] = [];

  constructor(private readonly port: LinkPort) {}

  /** Whether it matters who makes an entry. Asked for each, before anything is found out. */
  get listens(): boolean {
    return this.#state !== 'server';
  }

  /** What an answer said of itself; `undefined` for one that is not of an inspector. */
  answered(runId: string | undefined): void {
    if (runId === undefined) return this.#isServer();
    this.#state = 'inspector';
    this.#runId = runId;
    if (this.#link !== undefined) this.#contained(() => this.#link?.answered(runId));
    else this.#loading ??= this.#load();
  }

  /** Who makes a record, as an entry carries it; undefined as long as no inspector knows of this client. */
  makerOf(author: Omit<EntryNote, 'at'>): string | undefined {
    let maker: string | undefined;
    if (this.#state === 'inspector' && this.#link !== undefined) {
      this.#contained(() => {
        maker = this.#link?.makerOf(author);
      });
    }
    return maker;
  }

  /** An entry was accepted whose maker is not known yet. */
  note(entryId: number | undefined, recorder: object | undefined, scope: object | undefined): void {
    if (this.#state === 'server' || entryId === undefined) return;
    const unit = this.#state === 'inspector' || this.#notes.size < MOST_UNITS ? scope : undefined;
    if (recorder === undefined && unit === undefined) return;
    if (this.#notes.size >= MOST_NOTES) {
      const [oldest = 0] = this.#notes.keys();
      this.#notes.delete(oldest);
    }
    this.#notes.set(entryId, { recorder, scope: unit, at: this.port.now() });
  }

  /** These were delivered, in this body. */
  sent(requests: readonly SealedRequest[], body: string | Uint8Array): void {
    if (this.#state !== 'inspector') return;
    const notes = new Map<number, EntryNote>();
    for (const { entries } of requests) {
      for (const { id } of entries) {
        const note = this.#notes.get(id);
        if (note !== undefined) notes.set(id, note);
        this.#notes.delete(id);
      }
    }
    const sent = { requests, body, notes };
    if (this.#link !== undefined) this.#contained(() => this.#link?.sent(sent));
    else if (this.#waiting.length < MOST_WAITING) this.#waiting.push(sent);
  }

  /** Tells how the client ended. Never rejects. */
  async close(): Promise<void> {
    await this.#loading;
    if (this.#state === 'inspector') await this.#link?.close();
    this.#isServer();
  }

  /** Delivery goes on whatever fails here. */
  #contained(work: () => void): void {
    try {
      work();
    } catch {
      this.#isServer();
    }
  }

  #isServer(): void {
    if (this.#state === 'server') return;
    this.#state = 'server';
    this.#notes.clear();
    this.#waiting = [];
    this.#link?.end();
  }

  async #load(): Promise<void> {
    try {
      const { createInspectorLink } = await import('./inspector-link.js');
      const link = createInspectorLink(this.port);
      this.#link = link;
      if (this.#state !== 'inspector') return;
      link.answered(this.#runId);
      for (const sent of this.#waiting) link.sent(sent);
      this.#waiting = [];
    } catch {
      // A bundle without this part: there is nothing to tell then, and nothing else depends on it.
      this.#isServer();
    }
  }
}
