import { createHash } from 'node:crypto';
import { Redis, type RedisOptions } from 'ioredis';
import { member, thrownName } from '../check.js';
import type { Clock } from '../clock.js';
import type { Reporter } from '../logger.js';
import * as others from './scripts.js';
import { TIDY } from './tidy-script.js';

const scripts = { ...others, TIDY };
export type ScriptName = keyof typeof scripts;
/** A script with its keys and arguments, or a plain command. */
export type RedisCall =
  | { readonly script: ScriptName; readonly keys: readonly string[]; readonly args: readonly (string | number)[] }
  | readonly [command: string, ...args: (string | number)[]];
/** What Redis answers: anything, or the error in its place. */
export type Reply = unknown;

/** Longest time between attempts to connect. */
const MOST_PAUSE_MS = 2000;
/** What a replica is as good as: attempts that failed. */
const REPLICA_ATTEMPTS = 4;

const LATE = new Error('no answer in time');

// A command whose outcome is unknown is repeated by us, who know how to do it twice without harm; never by the client.
const OURS = {
  lazyConnect: true,
  keyPrefix: '',
  autoResendUnfulfilledCommands: false,
  enableOfflineQueue: false,
  enableAutoPipelining: false,
  maxRetriesPerRequest: 0,
  monitor: false,
  stringNumbers: false,
  retryStrategy: () => null,
  connectTimeout: 5000,
  protocol: 2,
} satisfies RedisOptions;

const SHA = Object.fromEntries(
  Object.entries(scripts).map(([name, text]) => [name, createHash('sha1').update(text).digest('hex')]),
) as Readonly<Record<ScriptName, string>>;

/** How to reach Redis: a client of the application's, which is copied and not used itself, or an address. */
export type RedisAddress = Redis | string;

/**
 * One connection, of our own. Nothing waits for it: while it is away every call fails at once, and each call has a deadline. It
 * keeps no process alive, unless that is wanted.
 */
export class RedisLink {
  readonly #redis: Redis;
  /** Told each time the connection stands and knows the scripts. */
  readonly #ready = new Set<() => void>();
  #up = false;
  #closed = false;
  #attempts = 0;
  /** What went wrong with the attempt under way, as far as it is known. */
  #trouble: string | undefined;
  /** Why the last attempt to connect, or the last call, came to nothing: for who asks once. */
  reason: string | undefined;

  constructor(
    address: RedisAddress,
    private readonly clock: Clock,
    private readonly reporter: Reporter,
    private readonly timeoutMs: number,
    private readonly holdsProcess = false,
  ) {
    this.#redis = typeof address === 'string' ? new Redis(address, OURS) : address.duplicate(OURS);
    // Without a listener ioredis prints it. What Redis or the network refuses at the beginning is told here alone.
    this.#redis.on('error', (error: unknown) => {
      this.#trouble = troubleOf(error) ?? this.#trouble;
    });
    this.#redis.on('close', () => this.#lost());
  }

  get isUp(): boolean {
    return this.#up;
  }

  onReady(task: () => void): void {
    this.#ready.add(task);
  }

  open(): void {
    if (this.#closed) return;
    this.#connect().catch((error: unknown) => {
      const reason = troubleOf(error) ?? this.#trouble ?? thrownName(error);
      this.#trouble = undefined;
      this.reason = reason;
      this.reporter.warn(
        'redis',
        `Redis cannot be reached (${reason}); entries stay here until it can. It is tried again all the time.`,
        60_000,
      );
      // One that has ended would take the reason of its next failure for a part of that.
      if (this.#redis.status !== 'end') this.#redis.disconnect();
      this.#later();
    });
  }

  /** Resolves with one reply a call, or undefined when the outcome is unknown. Never rejects. What Redis refuses is told. */
  async calls(calls: readonly RedisCall[]): Promise<Reply[] | undefined> {
    const replies = await this.tried(calls);
    const refused = replies?.findIndex((reply) => isRefusal(reply) && !isError(reply, 'NOSCRIPT')) ?? -1;
    if (refused !== -1) {
      const [command] = commandOf(calls[refused] as RedisCall);
      const reason = reasonOf(replies?.[refused] as Error);
      this.reason = `${reason} to ${command}`;
      const text = `Redis refuses what the fleet needs (${reason} to ${command}); it is tried again all the time.`;
      this.reporter.warn('redis.refused', text, 60_000);
    }
    return replies;
  }

  /** The same for who tells what is refused. */
  async tried(calls: readonly RedisCall[]): Promise<Reply[] | undefined> {
    if (!this.#up || calls.length === 0) return this.#up ? [] : undefined;
    const results = await this.#inTime(this.#exec(calls));
    if (results === undefined || results === null) return undefined;
    const replies = results.map(([error, reply]) => error ?? reply);
    if (replies.some((reply) => isError(reply, 'NOSCRIPT'))) this.#reload();
    if (replies.some((reply) => isError(reply, 'READONLY'))) this.#leaveReplica();
    return replies;
  }

  /** One call; undefined when it failed, too. */
  async call(one: RedisCall): Promise<Reply> {
    const reply = (await this.calls([one]))?.[0];
    return reply instanceof Error ? undefined : reply;
  }

  close(): void {
    this.#closed = true;
    this.#up = false;
    this.#redis.disconnect();
  }

  /** Async, so that what ioredis throws is an outcome like others. */
  async #exec(calls: readonly RedisCall[]) {
    return this.#redis.pipeline(calls.map((call) => [...commandOf(call)] as string[])).exec();
  }

  async #connect(): Promise<void> {
    await this.#inTimeOrThrow(this.#redis.connect());
    if (!this.holdsProcess) (this.#redis as unknown as { stream?: { unref?: () => void } }).stream?.unref?.();
    await this.#load();
    if (this.#closed) return;
    this.#up = true;
    this.#attempts = 0;
    for (const task of this.#ready) task();
  }

  async #load(): Promise<void> {
    const loads = Object.values(scripts).map((text) => ['script', 'load', text]);
    // ioredis goes on with another database when Redis has none of that number, or gives no right to choose it.
    const db = Number(this.#redis.options.db ?? 0);
    const chosen = db === 0 ? [] : [['select', String(db)]];
    const results = await this.#inTimeOrThrow(this.#redis.pipeline([...chosen, ...loads]).exec());
    for (const [error] of results ?? []) if (error !== null) throw error;
  }

  #reload(): void {
    this.#load().catch(() => {});
  }

  /** Its name may lead to another one by now, which takes writes. */
  #leaveReplica(): void {
    this.#attempts = Math.max(this.#attempts, REPLICA_ATTEMPTS);
    this.#redis.disconnect();
  }

  #lost(): void {
    const was = this.#up;
    this.#up = false;
    // An attempt that failed sets the next one itself.
    if (was) this.#later();
  }

  #later(): void {
    if (this.#closed) return;
    const pause = Math.min(MOST_PAUSE_MS, 50 * 2 ** Math.min(10, this.#attempts++));
    this.clock.after(pause * (0.5 + Math.random() / 2), () => this.open());
  }

  /** A connection that does not answer in time is given up: what comes after could be answers to what was asked before. */
  async #inTime<T>(work: Promise<T>): Promise<T | undefined> {
    let cancel = (): void => {};
    const late = new Promise<undefined>((resolve) => {
      cancel = this.clock.after(this.timeoutMs, () => {
        this.#redis.disconnect();
        resolve(undefined);
      });
    });
    try {
      return await Promise.race([work.catch(() => undefined), late]);
    } finally {
      cancel();
    }
  }

  async #inTimeOrThrow<T>(work: Promise<T>): Promise<T> {
    let reason: unknown = LATE;
    const done = await this.#inTime(
      work.then(
        (value) => ({ value }),
        (error: unknown) => {
          reason = error;
          return undefined;
        },
      ),
    );
    if (done === undefined) throw reason;
    return done.value;
  }
}

function commandOf(call: RedisCall): readonly (string | number)[] {
  if (!('script' in call)) return call;
  return ['evalsha', SHA[call.script], call.keys.length, ...call.keys, ...call.args];
}

/** What Redis says itself begins with a word in capitals: `WRONGPASS …`. */
function isRefusal(error: unknown): error is Error {
  return error instanceof Error && /^[A-Z]{3,}\b/.test(error.message);
}

/** What can be said of an error without quoting anything: Redis's own word, or the system's. */
function troubleOf(error: unknown): string | undefined {
  if (error === LATE) return LATE.message;
  if (isRefusal(error)) {
    const command = member(member(error, 'command'), 'name');
    return typeof command === 'string' ? `${reasonOf(error)} to ${command}` : reasonOf(error);
  }
  const code = member(error, 'code');
  return typeof code === 'string' && /^[A-Z][A-Z_0-9]{2,50}$/.test(code) ? code : undefined;
}

/** Redis names the kind of an error in its first word, but of rights that a script lacks; what follows may quote anything. */
export function reasonOf(error: Error): string {
  if (!isRefusal(error)) return 'Redis cannot be reached';
  const [word] = /^ERR The user executing/.test(error.message) ? ['NOPERM'] : error.message.split(' ');
  return `Redis says ${word}`;
}

export function isError(reply: Reply, code: string): boolean {
  return reply instanceof Error && reply.message.startsWith(code);
}
