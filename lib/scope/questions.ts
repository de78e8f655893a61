import type { Clock } from '../clock.js';
import type { ResolvedOptions } from '../config/resolve.js';
import type { Query, Target } from '../features/feature.js';
import type { Behaviour } from '../features/server-config.js';
import type { Transport } from '../http/transport.js';
import type { Outbox } from '../outbox/outbox.js';
import type { QueryResult } from '../protocol/answer.js';
import { checksum256, formOf } from '../protocol/encode.js';
import { SDK_NAME, SDK_VERSION } from '../protocol/head.js';
import { TEMPORARY_ID } from './device-id.js';

interface QuestionParts {
  readonly clock: Clock;
  readonly transport: Transport;
  readonly outbox: Outbox;
  readonly behaviour: () => Behaviour;
}

/** Milliseconds a question waits for a merge to leave; a server that is away fails both. */
const MERGE_WAIT_MS = 10_000;

/** Questions to the server, which never wait in the queue. */
export class Questions {
  constructor(
    private readonly options: ResolvedOptions,
    private readonly parts: QuestionParts,
  ) {}

  /** Never rejects. @param place where the device is, when that is known */
  async ask(target: Target, query: Query, place: () => Readonly<Record<string, string>>): Promise<QueryResult> {
    const { options } = this;
    const { transport, behaviour, clock } = this.parts;
    // An operator who stops the traffic still has to be able to let it go on.
    const stopped = options.testMode || (!behaviour().networking && query.fields['method'] !== 'sc');
    if (options.disabled || stopped) return { ok: false, status: 0, message: 'sending is switched off' };
    const { deviceId, idType } = target;
    if (deviceId === '' || deviceId === TEMPORARY_ID) {
      return { ok: false, status: 0, message: 'the device has no id yet' };
    }
    await this.#merged(target, query);
    const { appKey, appVersion, salt, requestTimeout } = options;
    // What every request that is made by itself says first (docs/protocol.md §2). Always as a form: everything in it is text
    // there, which is what `/o/sdk` reads on every generation of servers (docs/protocol.md §10).
    const form = formOf({
      app_key: appKey,
      device_id: deviceId,
      ...(idType === 9 ? {} : { t: idType }),
      sdk_name: SDK_NAME,
      sdk_version: SDK_VERSION,
      ...(appVersion === undefined ? {} : { av: appVersion }),
      timestamp: clock.now(),
      ...place(),
      ...query.fields,
    });
    const body = salt === undefined ? form.body : `${form.body}&checksum256=${checksum256(form.body, salt)}`;
    // Sockets do not hold the process; a caller who waits for an answer wants it to live until then.
    const release = query.awaited === false ? () => {} : clock.after(requestTimeout + 1000, () => {}, true);
    try {
      return await transport.query({ ...form, path: query.path, query: '', body });
    } catch (error) {
      // A transport of the user's own that breaks its contract.
      return { ok: false, status: 0, message: `the transport failed: ${String(error)}` };
    } finally {
      release();
    }
  }

  /** A server that has not made one of two ids yet would answer for somebody else. */
  async #merged(target: Target, { fields, awaited }: Query): Promise<void> {
    const merged = fields['method'] === 'sc' ? undefined : this.parts.outbox.merged(target.deviceId);
    if (merged === undefined) return;
    const { clock } = this.parts;
    let stop: (() => void) | undefined;
    const late = new Promise<void>((resolve) => {
      stop = clock.after(MERGE_WAIT_MS, resolve, awaited !== false);
    });
    await Promise.race([merged, late]);
    stop?.();
  }
}
