export interface StreamEvent {
  event: string;
  data: unknown;
}

/** Reads server-sent events as they come. */
export class StreamReader {
  readonly #abort = new AbortController();
  #reader!: ReadableStreamDefaultReader<Uint8Array>;
  #text = '';

  static async open(url: string): Promise<StreamReader> {
    const stream = new StreamReader();
    const response = await fetch(`${url}/api/stream`, { signal: stream.#abort.signal });
    stream.#reader = (response.body as ReadableStream<Uint8Array>).getReader();
    await stream.until('hello');
    return stream;
  }

  /** All events up to and including the first one of this name. */
  async until(name: string): Promise<StreamEvent[]> {
    const events: StreamEvent[] = [];
    const decoder = new TextDecoder();
    for (;;) {
      for (let end = this.#text.indexOf('\n\n'); end >= 0; end = this.#text.indexOf('\n\n')) {
        const frame = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 2);
        const event = /^event: (.*)$/m.exec(frame)?.[1];
        if (event === undefined) continue;
        events.push({ event, data: JSON.parse(/^data: (.*)$/m.exec(frame)?.[1] ?? 'null') });
        if (event === name) return events;
      }
      const { value, done } = await this.#reader.read();
      if (done)
        throw new Error(`the stream ended before "${name}"; so far: ${events.map(({ event: e }) => e).join(', ')}`);
      this.#text += decoder.decode(value, { stream: true });
    }
  }

  close(): void {
    this.#abort.abort();
  }
}
