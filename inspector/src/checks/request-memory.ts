import { show } from '../protocol/json.js';

/** Beyond this many requests the oldest is forgotten. */
const REMEMBERED = 20_000;

/** How a request came before: not at all, just so, or in JSON with another `rr`. */
export type Repetition = 'none' | 'same' | { readonly rrBefore: string; readonly rr: string };

/** One request of a device, as far as it tells repetitions apart. */
export interface RequestMark {
  readonly device: string;
  readonly fingerprint: string;
  /** The same without `rr`, for a JSON body: there a server takes `rr` for a part of the request. */
  readonly withoutRr: string | undefined;
  readonly rr: unknown;
}

/** The requests of all devices that were taken in, to find those that came again and were not recognised. */
export class RequestMemory {
  /** The `rr` of each, in short: a sender may have put anything there. */
  readonly #rrs = new Map<string, string>();
  #fresh: string[] = [];

  /** How this request came before; remembers it. */
  repetitionOf({ device, fingerprint, withoutRr, rr: sentRr }: RequestMark): Repetition {
    const rr = show(sentRr);
    const exact = `${device}\n${fingerprint}`;
    const isSame = this.#rrs.has(exact);
    this.#remember(exact, rr);
    if (withoutRr === undefined) return isSame ? 'same' : 'none';
    const loose = `${device}\n${withoutRr}`;
    const rrBefore = this.#rrs.get(loose);
    this.#remember(loose, rr);
    if (isSame) return 'same';
    return rrBefore === undefined || rrBefore === rr ? 'none' : { rrBefore, rr };
  }

  /** Forgets the requests remembered since `mark`: what they brought was not stored. */
  undo(): void {
    for (const slot of this.#fresh) this.#rrs.delete(slot);
    this.#fresh = [];
  }

  /** From here on `undo` goes back. */
  mark(): void {
    this.#fresh = [];
  }

  forget(): void {
    this.#rrs.clear();
  }

  #remember(slot: string, rr: string): void {
    if (!this.#rrs.has(slot)) this.#fresh.push(slot);
    this.#rrs.set(slot, rr);
    // Two slots a request. A map keeps the order of insertion, so the first one is the oldest.
    if (this.#rrs.size <= 2 * REMEMBERED) return;
    for (const oldest of this.#rrs.keys()) {
      this.#rrs.delete(oldest);
      break;
    }
  }
}
