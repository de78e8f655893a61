import type { MadeKind } from './common.js';
import type { ProblemRow, RequestRow } from './lists.js';

/**
 * Names and data of the server-sent events. `event`, `view`, … carry the row with JSON columns still as text, at most 40
 * of a kind a message batch; `changed` follows with the true number of each kind. At more than 10 batches a second rows are
 * left out and only counted.
 */
export interface LiveMessages {
  /** `run` changes with each start of the inspector. */
  readonly hello: { readonly run: string };
  readonly request: Partial<RequestRow>;
  readonly event: Readonly<Record<string, unknown>>;
  readonly view: Readonly<Record<string, unknown>>;
  readonly session: Readonly<Record<string, unknown>>;
  readonly crash: Readonly<Record<string, unknown>>;
  readonly trace: Readonly<Record<string, unknown>>;
  readonly profile: Readonly<Record<string, unknown>>;
  readonly consent: {
    readonly app_key: string;
    readonly device_id: string;
    readonly given: readonly string[];
    readonly refused: readonly string[];
    readonly timestamp: number;
  };
  readonly problem: ProblemRow;
  /** A client told which method and which host request made rows that are already here; `rows` are the first 40. */
  readonly linked: {
    readonly request_id: number;
    readonly count: number;
    readonly rows: readonly {
      readonly kind: MadeKind;
      readonly id: number;
      readonly method: number | null;
      readonly unit: string | null;
    }[];
  };
  /** A client's ledger or its methods' calls changed: ask `/api/status` and `/api/code` again. */
  readonly client: { readonly id: string };
  readonly changed: Readonly<
    Partial<
      Record<'request' | 'event' | 'view' | 'session' | 'crash' | 'trace' | 'profile' | 'consent' | 'problem', number>
    >
  >;
  readonly reset: Readonly<Record<string, never>>;
}

export type LiveType = keyof LiveMessages;
