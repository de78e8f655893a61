import type { TestInspector } from '../support/use-inspector.js';

/** One mistake: what is sent, and the row of the contract's table that must be found, and no other. */
export interface Case {
  row: number;
  name: string;
  send(server: TestInspector): Promise<unknown>;
  /** Rows that come with it by nature. */
  alongside?: number[];
}

/** A wrong request made of `/i` parameters. */
export function fields(row: number, name: string, parameters: object, alongside: number[] = []): Case {
  return { row, name, alongside, send: (server) => server.send({ ...parameters }) };
}

/** A wrong request that carries one event. */
export function event(row: number, name: string, entry: object, alongside: number[] = []): Case {
  return { row, name, alongside, send: (server) => server.events({ key: 'shop', count: 1, ...entry }) };
}

/** A wrong request that carries one view which starts and names itself well. */
export function view(row: number, name: string, segmentation: object, rest: object = {}): Case {
  return event(row, name, {
    key: '[CLY]_view',
    segmentation: { name: '/home', visit: 1, segment: 'Linux', ...segmentation },
    ...rest,
  });
}

/** A wrong request at the beginning of a session. */
export function begin(row: number, name: string, parameters: object): Case {
  return { row, name, send: (server) => server.begin({ ...parameters }) };
}

/** Anything else. */
export function custom(row: number, name: string, send: Case['send'], alongside: number[] = []): Case {
  return { row, name, send, alongside };
}
