import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Countly, type CountlyOptions, silentLogger } from '../../../lib/index.js';

/** The flags of OpenFeature's own evaluation suite, as an operator would set them in Countly. */
export const FLAGS: Readonly<Record<string, unknown>> = {
  'boolean-flag': true,
  'boolean-zero-flag': false,
  'string-flag': 'hi',
  'string-zero-flag': '',
  'integer-flag': 10,
  'integer-zero-flag': 0,
  'float-flag': 0.5,
  'object-flag': { showImages: true, title: 'Check out these pics!', imagesPerPage: 100 },
  'list-flag': ['a', 'b'],
  'wrong-flag': 'uno',
};

/** Speaks `/o/sdk` and takes `/i`, over real HTTP. */
export class FlagServer {
  /** Methods asked for, with the device. */
  readonly asked: string[] = [];
  /** Events that arrived, by key. */
  readonly events: { readonly key: string; readonly segmentation: Record<string, unknown>; readonly sum?: number }[] =
    [];
  flags: Readonly<Record<string, unknown>> = FLAGS;
  variants: unknown = {};
  delayMs = 0;
  broken = false;
  readonly #server: Server;
  readonly #clients: Countly[] = [];

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString();
        const answer = () => response.end(JSON.stringify(this.#answer(request.url ?? '', body)));
        response.writeHead(this.broken ? 503 : 200, { 'content-type': 'application/json' });
        if (this.delayMs === 0) answer();
        else setTimeout(answer, this.delayMs);
      });
    });
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  client(options: CountlyOptions = {}): Countly {
    const base = {
      url: this.url,
      appKey: 'KEY',
      deviceId: 'the-process',
      durability: 'memory',
      logger: silentLogger,
    } as const;
    const client = new Countly({ ...base, serverSettings: false, healthCheck: false, flushInterval: 5, ...options });
    this.#clients.push(client);
    return client;
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close({ timeout: 500 })));
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(url: string, body: string): unknown {
    if (url.startsWith('/o/sdk')) {
      const form = new URLSearchParams(body);
      this.asked.push(`${form.get('method')} ${form.get('device_id')}${form.get('oi') === '1' ? ' enrolled' : ''}`);
      return form.get('method') === 'ab_fetch_variants' ? this.variants : this.flags;
    }
    const parsed = JSON.parse(body) as {
      events?: FlagServer['events'];
      requests?: { events?: FlagServer['events'] }[];
    };
    for (const { events = [] } of parsed.requests ?? [parsed]) this.events.push(...events);
    return { result: 'Success' };
  }
}
