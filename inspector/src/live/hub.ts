import type { ServerResponse } from 'node:http';
import type { LiveMessages, LiveType } from '../api/contract/live.js';
import { type LiveCollector, MESSAGES_PER_KIND } from './live-message.js';

const HEARTBEAT_MS = 15_000;
/** A reader that does not keep up is closed rather than buffered for ever; browsers reconnect by themselves. */
const MAX_BUFFERED_BYTES = 8 * 1024 * 1024;
/** What comes faster is told together, so that neither side spends its time on it. */
const PAUSE_MS = 100;

/** Server-sent events: everybody who listens gets every committed change. */
export class LiveHub {
  readonly #listeners = new Set<ServerResponse>();
  readonly #heartbeat: NodeJS.Timeout;
  #waiting: LiveCollector[] = [];
  #pause: NodeJS.Timeout | undefined;

  /** @param run - tells this start of the inspector from others */
  constructor(private readonly run: string) {
    this.#heartbeat = setInterval(() => this.#write(': still here\n\n'), HEARTBEAT_MS);
    this.#heartbeat.unref();
  }

  get listening(): boolean {
    return this.#listeners.size > 0;
  }

  subscribe(response: ServerResponse): void {
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    response.write(`retry: 1000\n${frame('hello', { run: this.run })}`);
    this.#listeners.add(response);
    response.once('close', () => this.#listeners.delete(response));
  }

  publish(batch: LiveCollector): void {
    if (!this.listening) return;
    this.#waiting.push(batch);
    if (this.#pause === undefined) this.#tellAndPause();
  }

  #tellAndPause(): void {
    this.#tell();
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      if (this.#waiting.length > 0) this.#tellAndPause();
    }, PAUSE_MS);
    this.#pause.unref();
  }

  announce<Type extends LiveType>(type: Type, data: LiveMessages[Type]): void {
    if (!this.listening) return;
    this.#tell();
    this.#write(frame(type, data));
  }

  close(): void {
    clearInterval(this.#heartbeat);
    clearTimeout(this.#pause);
    this.#tell();
    for (const listener of this.#listeners) listener.end();
    this.#listeners.clear();
  }

  /** Everything that waits, at most so many of a kind, and how many there were. */
  #tell(): void {
    if (this.#waiting.length === 0) return;
    const told = new Map<string, number>();
    const counts = new Map<string, number>();
    const parts: string[] = [];
    for (const { messages, counts: ofBatch } of this.#waiting) {
      for (const [type, count] of Object.entries(ofBatch)) counts.set(type, (counts.get(type) ?? 0) + count);
      for (const { type, data } of messages) {
        const before = told.get(type) ?? 0;
        told.set(type, before + 1);
        if (before < MESSAGES_PER_KIND) parts.push(frame(type, data));
      }
    }
    this.#waiting = [];
    parts.push(frame('changed', Object.fromEntries(counts)));
    this.#write(parts.join(''));
  }

  #write(text: string): void {
    for (const listener of this.#listeners) {
      if (listener.writableLength > MAX_BUFFERED_BYTES) listener.destroy();
      else listener.write(text);
    }
  }
}

function frame(event: string, data: unknown): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
