import { createConnection, type Socket } from 'node:net';

/** Calls back with what is kept under a key. */
export interface SessionStore {
  get(key: string, callback: (value: string | undefined) => void): void;
  close(): void;
}

/**
 * Redis over one connection for all, opened with the first question, as redis 3 and many drivers do it: answers arrive in the
 * async context of whoever opened the connection.
 */
export class PooledRedis implements SessionStore {
  readonly #port: number;
  readonly #waiting: ((value: string | undefined) => void)[] = [];
  #socket: Socket | undefined;
  #received = '';

  constructor(port: number) {
    this.#port = port;
  }

  get(key: string, callback: (value: string | undefined) => void): void {
    this.#ask(['GET', key], callback);
  }

  set(key: string, value: string): Promise<void> {
    return new Promise((resolve) => this.#ask(['SET', key, value], () => resolve()));
  }

  close(): void {
    this.#socket?.destroy();
  }

  #ask(command: readonly string[], callback: (value: string | undefined) => void): void {
    this.#socket ??= this.#connect();
    this.#waiting.push(callback);
    const parts = command.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`);
    this.#socket.write(`*${command.length}\r\n${parts.join('')}`);
  }

  #connect(): Socket {
    const socket = createConnection(this.#port, '127.0.0.1');
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => this.#read(text));
    return socket;
  }

  /** Simple texts, bulk texts and null: all that the commands above are answered with. */
  #read(text: string): void {
    this.#received += text;
    for (;;) {
      const reply = /^(?:\+([^\r]*)\r\n|\$(-1)\r\n|\$\d+\r\n([^\r]*)\r\n)/.exec(this.#received);
      if (reply === null) return;
      this.#received = this.#received.slice(reply[0].length);
      this.#waiting.shift()?.(reply[1] ?? reply[3]);
    }
  }
}

/** A pool with one worker that whoever comes first starts; everybody is called back from its loop. */
export class WorkerPool implements SessionStore {
  readonly #waiting: (() => void)[] = [];
  #loop: NodeJS.Timeout | undefined;

  get(key: string, callback: (value: string | undefined) => void): void {
    this.#loop ??= setInterval(() => this.#waiting.shift()?.(), 1);
    this.#waiting.push(() => callback(key));
  }

  close(): void {
    clearInterval(this.#loop);
  }
}

/** A middleware like express-session: goes on when the store has answered, in the store's callback. */
export function sessions(store: SessionStore) {
  return (request: object, _response: unknown, next: () => void): void => {
    const { headers } = request as { headers: Record<string, string> };
    store.get(`session:${headers['x-id']}`, (session) => {
      (request as { session?: unknown }).session = session;
      next();
    });
  };
}

/** A redis store that holds a session for each of these. */
export async function redisWith(port: number, ids: readonly string[]): Promise<PooledRedis> {
  const seeding = new PooledRedis(port);
  for (const id of ids) await seeding.set(`session:${id}`, `of ${id}`);
  seeding.close();
  return new PooledRedis(port);
}
