import { createHash } from 'node:crypto';
import { appendFile, mkdir, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { SealedRequest } from '../protocol/entry.js';

// Names under which people's data and secrets usually travel. What the file is for – finding out why a request was
// refused – needs the shape, not the person.
const PERSONAL =
  /mail|phone|name|user|address|street|birth|byear|token|secret|passw|auth|cookie|session_?id|\bip\b|card|iban|picture/i;
const KEPT = new Set(['name', '_name']);
const MASKED = '***';

/** From this size on the file is put aside as `….1`, in the place of the one before. */
const LARGEST_FILE = 5 * 1024 * 1024;

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
        this.#redacted(parsed(kind === 'event' ? body : `{${body}}`), 'entry'),
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

  /** Masks values under personal names; an event's own `name` of a view, trace or crash type says what it was. */
  #redacted(value: unknown, key: string): unknown {
    if (key === '_error' || key === '_logs' || this.redact.some((rule) => isMeant(rule, key))) return MASKED;
    if (typeof value !== 'object' || value === null) return PERSONAL.test(key) && !KEPT.has(key) ? MASKED : value;
    if (Array.isArray(value)) return value.map((item) => this.#redacted(item, key));
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, this.#redacted(member, name)]));
  }

  async #append(line: string): Promise<void> {
    try {
      await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
      const { size } = await stat(this.path).catch(() => ({ size: 0 }));
      if (size > LARGEST_FILE) await rename(this.path, `${this.path}.1`);
      await appendFile(this.path, `${line}\n`, { mode: 0o600 });
    } catch (error) {
      this.warn(`The dead-letter file ${this.path} cannot be written: ${String(error)}.`);
    }
  }
}

function isMeant(rule: string | RegExp, name: string): boolean {
  // Not `test`, which remembers where it stopped when the pattern is global.
  return typeof rule === 'string' ? rule.toLowerCase() === name.toLowerCase() : name.search(rule) >= 0;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return '(unreadable)';
  }
}
