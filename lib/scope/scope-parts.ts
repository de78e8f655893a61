import { thrownName } from '../check.js';
import { Reporter, silentLogger } from '../logger.js';
import type { Core } from './compose.js';
import { contextScope, type RegisteredClient, STANDS_FOR } from './current.js';
import { HeldEntries } from './held-entries.js';
import { identityNow, ScopeTarget } from './scope-target.js';
import { type Holder, transactionOf } from './transaction.js';

// Under a symbol, and in no class declaration: no public type leads into the inside, and nothing that lists an object's
// properties finds the app key. Not in a private field, which a proxy around a client would not have.
const PARTS = Symbol('countly-weave.parts');

/** What a scope records with, and for whom. */
export interface ScopeParts {
  readonly core: Core;
  readonly target: ScopeTarget;
  readonly client: RegisteredClient;
  /** Inside a scope of the same client that one's parts hold: a client means whoever is being served. */
  readonly follows?: boolean;
}

interface Scoped {
  readonly [PARTS]?: ScopeParts;
}

export function setParts(scope: object, parts: ScopeParts): void {
  (scope as { [PARTS]?: ScopeParts })[PARTS] = parts;
}

export function partsOf(scope: object): ScopeParts {
  const parts = (scope as Scoped)[PARTS] as ScopeParts;
  if (parts.follows !== true) return parts;
  const current = (contextScope() as Scoped | undefined)?.[PARTS];
  if (current === undefined) return parts;
  return current.core === parts.core ? current : ofOther(parts, current);
}

/** A client under a name of its own records for whoever another one serves, as decorators that name it do. */
function ofOther(parts: ScopeParts, { core, target, client }: ScopeParts): ScopeParts {
  const isTheirs = target.identity === core.own.identity || client.name === parts.client.name;
  if (isTheirs || parts.client.name === 'default') return parts;
  return { ...parts, target: new ScopeTarget(identityNow(target.identity)), follows: false };
}

/** Does work that says something of a scope once the transaction that runs has ended well; at once when there is none. */
export function afterCommit(scope: object, work: () => void): void {
  const known = (scope as { readonly [STANDS_FOR]?: object })[STANDS_FOR] ?? scope;
  const parts = PARTS in known ? partsOf(known) : undefined;
  const transaction = transactionOf(parts?.target);
  if (transaction === undefined) return work();
  (parts?.core.port.held ?? uncounted).hold(transaction, { part: 'commit', size: 0, leave: work });
}

/** Where a hold of the scope that runs is kept; undefined outside of any. */
export function runningHolder(): Holder | undefined {
  const scope = contextScope();
  return scope !== undefined && PARTS in scope ? partsOf(scope).target : undefined;
}

/** For scopes that are no client's of this copy, such as doubles of a test. */
const uncounted = new HeldEntries(
  { maxQueuedEntries: 1000, maxQueuedBytes: 1_000_000 },
  new Reporter(silentLogger, Date.now),
  () => {},
);

/** Runs a public call. Whatever a caller passes (getters that throw, proxies that refuse) stays with us, counted as invalid. */
export function contained<T>(scope: object, call: string, work: (core: Core, target: ScopeTarget) => T): T | undefined {
  const { core, target } = partsOf(scope);
  return attempt(core, call, () => work(core, target));
}

/** The same for a call that asks the server. */
export async function containedAsync<T>(
  scope: object,
  call: string,
  work: (core: Core, target: ScopeTarget) => Promise<T>,
): Promise<T | { readonly ok: false; readonly reason: string }> {
  const { core, target } = partsOf(scope);
  try {
    return await work(core, target);
  } catch (error) {
    failed(core, call, error);
    return { ok: false, reason: 'what was passed cannot be read' };
  }
}

/** As `contained`, where there is no scope yet. */
export function attempt<T>(core: Core, call: string, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    try {
      failed(core, call, error);
    } catch {
      // The stack is full: there is no room to say so either.
    }
    return undefined;
  }
}

function failed({ reporter, port }: Core, call: string, error: unknown): void {
  // The message may hold the caller's data; the type is enough to find the place.
  reporter.warn(`failed:${call}`, `${call}: what was passed cannot be read (${thrownName(error)}); it is dropped.`);
  port.refuse('invalid');
}
