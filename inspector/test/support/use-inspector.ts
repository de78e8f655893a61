import { afterEach, beforeEach } from 'vitest';
import { type Inspector, type InspectorOptions, type SqlValue, startInspector } from '../../src/index.js';

export const APP_KEY = 'APPKEY';

export interface Answer {
  status: number;
  body: unknown;
}

export type Fields = Record<string, unknown>;

/** What every well-formed request carries. */
export interface Common extends Fields {
  app_key: string;
  device_id: string;
  timestamp: number;
  sdk_name: string;
  sdk_version: string;
  rr: number;
}

/** A real inspector on a free port, fresh for each test, with the ways a client talks to it. */
export class TestInspector {
  inspector!: Inspector;
  /** Timestamps lie in the past and never repeat, as a careful client's do. */
  #clock = Date.now() - 3_600_000;

  get url(): string {
    return this.inspector.url;
  }

  /** The next unused timestamp, `seconds` later than the last one. */
  next(seconds = 0.001): number {
    this.#clock += seconds * 1000;
    return this.#clock;
  }

  common(device = 'ann'): Common {
    return {
      app_key: APP_KEY,
      device_id: device,
      timestamp: this.next(),
      sdk_name: 'test',
      sdk_version: '1.0.0',
      rr: 1,
    };
  }

  async json(path: string, body: unknown): Promise<Answer> {
    return answerOf(
      await fetch(this.url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    );
  }

  /** POST with exactly these bytes. */
  async raw(path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string>): Promise<Answer> {
    return answerOf(await fetch(this.url + path, { method: 'POST', headers, body }));
  }

  async form(path: string, fields: Record<string, string> | string): Promise<Answer> {
    const body = typeof fields === 'string' ? fields : new URLSearchParams(fields).toString();
    return this.raw(path, body, { 'content-type': 'application/x-www-form-urlencoded' });
  }

  async get(path: string): Promise<Answer> {
    return answerOf(await fetch(this.url + path));
  }

  /** One `/i` request with the common part. */
  async send(fields: Fields, device?: string): Promise<Answer> {
    return this.json('/i', { ...this.common(device), ...fields });
  }

  async events(...events: unknown[]): Promise<Answer> {
    return this.send({ events });
  }

  /** Opens a session the contract has nothing to say about. */
  async begin(fields: Fields = {}, device?: string): Promise<Answer> {
    const metrics = { _os: 'Linux', _os_version: '6.1', _app_version: '2.3.1' };
    return this.send({ begin_session: 1, ip_address: '203.0.113.7', metrics, ...fields }, device);
  }

  query<Row = Record<string, SqlValue>>(sql: string, ...parameters: SqlValue[]): Row[] {
    return this.inspector.query<Row>(sql, ...parameters);
  }

  /** Row numbers of the contract's table that were found so far, notes left out. */
  rows(): number[] {
    return this.query<{ row: number }>(`SELECT DISTINCT "row" FROM problems WHERE level <> 'N' ORDER BY "row"`).map(
      ({ row }) => row,
    );
  }

  messages(row: number): string[] {
    return this.query<{ message: string }>('SELECT message FROM problems WHERE "row" = ? ORDER BY id', row).map(
      ({ message }) => message,
    );
  }
}

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

export function useInspector(options: InspectorOptions = {}): TestInspector {
  const test = new TestInspector();
  beforeEach(async () => {
    test.inspector = await startInspector({ port: 0, ...options });
  });
  afterEach(async () => {
    await test.inspector.close();
  });
  return test;
}
