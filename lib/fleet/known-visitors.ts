import type { Clock } from '../clock.js';
import { Visitor } from '../features/visitor.js';
import type { Reporter } from '../logger.js';
import type { StoredVisitor, VisitorChangeSet } from '../outbox/visitor-store.js';
import { isOfLater, readVisitor, reconciled, visitorText } from './visitor-text.js';

/** What is known of a visitor who is shared. */
interface KnownVisitor {
  /** With the effects of all calls that are not committed. */
  visitor: Visitor;
  /** The version of {@link stored}; 0 while nothing is known. */
  version: number;
  /** Without them. */
  stored: string;
  /** What a later release has stored and this one cannot read; it is stored again as it is. */
  later?: string | undefined;
}

const nobody = () => new Visitor(Number.NEGATIVE_INFINITY);

/** What this process knows of shared visitors, and what of it the others can know. */
export class KnownVisitors {
  readonly #known = new Map<string, KnownVisitor>();
  /** Something of these never came to the store, whose state may have gone another way. */
  readonly #apart = new Set<string>();

  constructor(
    private readonly clock: Clock,
    private readonly reporter: Reporter,
    private readonly ttlMs: number,
  ) {}

  get apart(): Iterable<string> {
    return this.#apart;
  }

  peek(deviceId: string): Visitor | undefined {
    return this.#known.get(deviceId)?.visitor;
  }

  of(deviceId: string): Visitor {
    return this.#of(deviceId).visitor;
  }

  /** The change of the stored state that makes it what is known now. */
  changeOf(deviceId: string): VisitorChangeSet {
    const { visitor, version, later } = this.#of(deviceId);
    const state = later ?? (visitor.isBlank ? '' : visitorText(visitor, this.clock));
    return { deviceId, version, state, ttlMs: this.ttlMs };
  }

  /** A state was stored. */
  stored(deviceId: string, state: string, version: number): void {
    const known = this.#of(deviceId);
    known.version = version;
    if (known.later === undefined) known.stored = state;
    this.#apart.delete(deviceId);
  }

  /** A state was not stored, and what came of it happened all the same. */
  parted(deviceId: string, state: string): void {
    const known = this.#of(deviceId);
    if (known.later === undefined) known.stored = state;
    this.#apart.add(deviceId);
  }

  /** Another process has stored this meanwhile. */
  overtaken(deviceId: string, { version, state }: StoredVisitor): void {
    const known = this.#of(deviceId);
    known.version = version;
    known.later = isOfLater(state) ? state : undefined;
    if (known.later !== undefined) return this.#leaveAlone(deviceId, known);
    let theirs = readVisitor(state, this.clock);
    if (theirs === undefined) {
      this.reporter.warn('visitor.damaged', 'What is stored of a visitor makes no sense; it begins anew.', 60_000);
      theirs = nobody();
    }
    const ours = this.#apart.delete(deviceId) ? readVisitor(known.stored, this.clock) : undefined;
    known.stored = ours === undefined ? state : visitorText(reconciled(theirs, ours), this.clock);
  }

  /** Also what this process knew itself is no more than a guess by now: the person may have taken back what they agreed to. */
  #leaveAlone(deviceId: string, known: KnownVisitor): void {
    this.#apart.delete(deviceId);
    known.stored = '';
    this.reporter.warn(
      'visitor.later',
      'A later release has stored visitors in a way that this one cannot read; they are left as they are, and this process knows only what happens in it. Update it.',
    );
  }

  /** Takes back the effects of all calls that are not committed. */
  reset(deviceId: string): void {
    const known = this.#of(deviceId);
    known.visitor = readVisitor(known.stored, this.clock) ?? nobody();
  }

  delete(deviceId: string): void {
    this.#known.delete(deviceId);
    this.#apart.delete(deviceId);
  }

  #of(deviceId: string): KnownVisitor {
    let known = this.#known.get(deviceId);
    if (known === undefined) {
      known = { visitor: nobody(), version: 0, stored: '' };
      this.#known.set(deviceId, known);
    }
    return known;
  }
}
