import type {
  SharedCache,
  StoredVisitor,
  VisitorGroup,
  VisitorOutcome,
  VisitorStore,
} from '../../lib/outbox/visitor-store.js';
import type { EntryDraft } from '../../lib/protocol/entry.js';

const NOTHING: StoredVisitor = { version: 0, state: '' };

/** What a fleet shares, in memory: states by device with versions, and the entries that were accepted, in order. */
export class FakeVisitorStore implements VisitorStore {
  readonly states = new Map<string, StoredVisitor>();
  readonly accepted: EntryDraft[] = [];
  /** Groups that were refused because somebody was quicker. */
  conflicts = 0;
  /** While true, every commit rejects. */
  isAway = false;
  /** Waited for before a commit is looked at, so that others may come in between. */
  delay: () => Promise<void> = async () => {};
  readonly #cache = new Map<string, string>();
  readonly remoteConfig: SharedCache = {
    get: async (key) => this.#cache.get(key),
    set: async (key, value) => void this.#cache.set(key, value),
  };
  #version = 0;

  async commit(groups: readonly VisitorGroup[]): Promise<readonly VisitorOutcome[]> {
    await this.delay();
    if (this.isAway) throw new Error('the store is away');
    return groups.map((group) => this.#commit(group));
  }

  #commit({ changes, entries }: VisitorGroup): VisitorOutcome {
    const current = changes.map(({ deviceId }) => this.states.get(deviceId) ?? NOTHING);
    if (changes.some(({ version }, i) => version !== current[i]?.version)) {
      this.conflicts++;
      return { kind: 'conflict', current };
    }
    const versions = changes.map(({ deviceId, state }) => {
      const version = ++this.#version;
      this.states.set(deviceId, { version, state });
      return version;
    });
    this.accepted.push(...entries);
    return { kind: 'stored', versions };
  }
}
