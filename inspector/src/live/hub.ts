import type { ServerResponse } from 'node:http';
import type { LiveCollector, LiveType } from './live-message.js';

const HEARTBEAT_MS = 15_000;
/** A reader that does not keep up is closed rather than buffered for ever; browsers reconnect by themselves. */
const MAX_BUFFERED_BYTES = 8 * 1024 * 1024;

/** Server-sent events: everybody who listens gets every committed change. */
export class LiveHub {
  readonly #listeners = new Set<ServerResponse>();
  readonly #heartbeat: NodeJS.Timeout;

  constructor() {
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
    response.write('retry: 1000\nevent: hello\ndata: {}\n\n');
    this.#listeners.add(response);
    response.once('close', () => this.#listeners.delete(response));
  }

  publish(batch: LiveCollector): void {
    if (!this.listening) return;
    const parts = batch.messages.map(({ type, data }) => frame(type, data));
    parts.push(frame('changed', batch.counts));
    this.#write(parts.join(''));
  }

  announce(type: LiveType, data: unknown): void {
    this.#write(frame(type, data));
  }

  close(): void {
    clearInterval(this.#heartbeat);
    for (const listener of this.#listeners) listener.end();
    this.#listeners.clear();
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
