import { createHash } from 'node:crypto';
import { appendFile, constants, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { attempted } from '../check.js';
import { createFolder } from '../journal/journal-fs.js';
import type { SealedRequest } from '../protocol/entry.js';

// Names under which people's data and secrets usually travel. What the file is for – finding out why a request was
// refused – needs the shape, not the person.
const PERSONAL =
  /mail|phone|name|user|address|street|birth|byear|token|secret|passw|auth|cookie|session_?id|device_?id|\bip\b|ip_address|card|iban|picture/i;
/** Masked whole: what a crash says and what led to it, where somebody is, who they are and were. */
const WHOLE = new Set(['_error', '_logs', '_name', 'location', 'city', 'old_device_id', 'campaign_user']);
/** In here everything is of a person, whatever it is called. */
const OF_A_PERSON = new Set(['user_details', 'attribution_data', 'aid']);
/** A text that looks like an address of a mailbox, under whatever name. */
const ADDRESS = /[^\s@]@[^\s@]/;
const MASKED = '***';
// What a server counts is flat; what is deeper nobody here wrote.
const DEEPEST = 30;

/** From this size on the file is put aside as `….1`, in the place of the one before. */
const LARGEST_FILE = 5 * 1024 * 1024;
const { O_APPEND, O_CREAT, O_WRONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
/** Where others may put something in the place of the file, it is no link that is written through and no pipe that is waited for. */
const APPEND = O_APPEND | O_CREAT | O_WRONLY | O_NOFOLLOW | O_NONBLOCK;

export interface LetterBudget {
  reserve(bytes: number): boolean;
  release(bytes: number): void;
}

/** What takes requests that end undelivered. */
export type DeadLetter = Pick<DeadLetterFile, 'add' | 'written'>;

export const noDeadLetter: DeadLetter = { add() {}, async written() {} };

/** Appends to a file of JSON lines, one refused request a line, with personal data masked. */
export class DeadLetterFile {
  #writing: Promise<void> = Promise.resolve();

  /** @param redact names whose values are masked whole, besides what always is */
  constructor(
    private readonly path: string,
    private readonly warn: (message: string) => void,
    private readonly redact: readonly (string | RegExp)[] = [],
  ) {}

  add(request: SealedRequest, reason: string, budget: LetterBudget): void {
    const line = JSON.stringify({
      at: new Date().toISOString(),
      reason,
      path: request.path,
      device: createHash('sha256').update(request.deviceId).digest('hex').slice(0, 16),
      entries: request.entries.map(({ kind, body }) =>
        this.#redacted(attempted(() => JSON.parse(kind === 'event' ? body : `{${body}}`)) ?? '(unreadable)', 'entry', {
          depth: 0,
          person: false,
          named: false,
        }),
      ),
    });
    if (!budget.reserve(line.length)) {
      this.warn(`A refused request is not kept in ${this.path}: too much waits to be written there.`);
      return;
    }
    this.#writing = this.#writing.then(() => this.#append(line)).then(() => budget.release(line.length));
  }

  /** Resolves when everything added so far is written, or cannot be. Never rejects. */
  written(): Promise<void> {
    return this.#writing;
  }

  /** Masks what may be of a person; the shape stays. */
  #redacted(value: unknown, key: string, where: Where): unknown {
    if (WHOLE.has(key) || where.depth > DEEPEST || this.redact.some((rule) => isMeant(rule, key))) return MASKED;
    if (typeof value !== 'object' || value === null) return isPersonal(value, key, where) ? MASKED : value;
    const inside = {
      depth: where.depth + 1,
      person: where.person || OF_A_PERSON.has(key),
      named: where.named || key === 'apm' || (value as { key?: unknown }).key === '[CLY]_view',
    };
    if (Array.isArray(value)) return value.map((item) => this.#redacted(item, key, inside));
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [name, this.#redacted(member, name, inside)]),
    );
  }

  async #append(line: string): Promise<void> {
    try {
      createFolder(dirname(this.path));
      const { size } = await stat(this.path).catch(() => ({ size: 0 }));
      if (size > LARGEST_FILE) await rename(this.path, `${this.path}.1`);
      await appendFile(this.path, `${line}\n`, { mode: 0o600, flag: APPEND });
    } catch (error) {
      this.warn(`The dead-letter file ${this.path} cannot be written: ${String(error)}.`);
    }
  }
}

/** Where in an entry a value stands. */
interface Where {
  readonly depth: number;
  readonly person: boolean;
  /** In a view or a trace, whose `name` says what it was. */
  readonly named: boolean;
}

function isPersonal(value: unknown, key: string, { person, named }: Where): boolean {
  if (value === null) return false;
  if (person || (typeof value === 'string' && ADDRESS.test(value))) return true;
  return PERSONAL.test(key) && !(named && key === 'name');
}

function isMeant(rule: string | RegExp, name: string): boolean {
  // Not `test`, which remembers where it stopped when the pattern is global.
  return typeof rule === 'string' ? rule.toLowerCase() === name.toLowerCase() : name.search(rule) >= 0;
}
