import { randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import type { Clock } from '../clock.js';
import type { Picture, Target } from '../features/feature.js';
import type { Transport, WireRequest } from '../http/transport.js';
import type { Reporter } from '../logger.js';
import { withDeadline } from '../outbox/deadline.js';
import { checksum256 } from '../protocol/checksum.js';
import type { Delivery } from '../protocol/delivery.js';
import { type FilePart, multipartBody, multipartPayload } from '../protocol/multipart.js';
import { TEMPORARY_ID } from './device-id.js';
import { commonFields } from './query.js';

export interface UploadOptions {
  readonly appKey: string;
  readonly salt: string | undefined;
  readonly appVersion: string | undefined;
}

export interface UploadParts {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly reporter: Reporter;
  /** Whether anything may be sent now. */
  readonly enabled: () => boolean;
}

/** Many a proxy in front of a server takes no more (docs/protocol.md §1.4), and base64 adds a third. */
const LARGEST_BYTES = 5 * 1024 * 1024;
/** Waits between the attempts, in milliseconds. */
const WAITS = [1000, 5000, 25_000, 60_000];
const TYPES: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
};

/**
 * Uploads pictures of persons (docs/protocol.md §5), each in a request of its own beside the queue, which holds no files: up to
 * five attempts, and none after the end of the process. What else is known of the person is in the queue.
 */
export class PictureUploads {
  readonly #options: UploadOptions;
  readonly #parts: UploadParts;
  /** First attempts under way. */
  readonly #busy = new Set<Promise<void>>();
  readonly #waits = new Set<() => void>();
  #closed = false;

  constructor(options: UploadOptions, parts: UploadParts) {
    this.#options = options;
    this.#parts = parts;
  }

  add(target: Target, picture: Picture): void {
    const first = new Promise<void>((tried) => void this.#run(target, picture, tried).finally(tried)).then(() => {
      this.#busy.delete(first);
    });
    this.#busy.add(first);
  }

  /** Resolves when every upload has ended or waits for its next attempt, at the latest after so many milliseconds. */
  async settled(timeout: number): Promise<void> {
    if (this.#busy.size === 0) return;
    await withDeadline(this.#parts.clock, timeout, async ({ reached }) => {
      await Promise.race([reached, Promise.all(this.#busy)]);
    });
  }

  /** Ends those that wait for another attempt; each says so. */
  close(): void {
    this.#closed = true;
    for (const end of [...this.#waits]) end();
  }

  async #run(target: Target, { path, details }: Picture, tried: () => void): Promise<void> {
    const file = await this.#read(path);
    if (file === undefined) return;
    const { clock } = this.#parts;
    const fields = { ...commonFields(this.#options, target, clock.now()), user_details: details };
    const request = this.#request(fields, file);
    for (let attempt = 0; ; attempt++) {
      const answer = await this.#send(target, request);
      tried();
      if (answer.kind === 'delivered') return;
      const passing = answer.kind === 'retry' || answer.kind === 'hold';
      if (passing && !this.#closed && attempt < WAITS.length && (await this.#wait(WAITS[attempt] ?? 0))) continue;
      const reason = answer.kind === 'hold' ? answer.message : answer.reason;
      this.#warn(`a picture could not be uploaded and is given up (${reason}).`);
      return;
    }
  }

  async #send(target: Target, request: WireRequest): Promise<Delivery> {
    if (!this.#parts.enabled()) return { kind: 'retry', reason: 'sending is switched off' };
    if (target.deviceId === TEMPORARY_ID) return { kind: 'retry', reason: 'the device has no id yet' };
    try {
      return await this.#parts.transport.send(request);
    } catch (error) {
      // A transport of the user's own that breaks its contract.
      return { kind: 'retry', reason: String(error) };
    }
  }

  #request(fields: Record<string, string>, file: FilePart): WireRequest {
    const { salt } = this.#options;
    const signed =
      salt === undefined ? fields : { ...fields, checksum256: checksum256(multipartPayload(fields), salt) };
    const { contentType, body } = multipartBody(signed, file, `countly-weave-${randomBytes(12).toString('hex')}`);
    return { path: '/i', query: '', contentType, body };
  }

  async #read(path: string): Promise<FilePart | undefined> {
    try {
      const { size } = await stat(path);
      if (size > LARGEST_BYTES) {
        this.#warn(`the picture ${path} has more than ${LARGEST_BYTES} bytes; the rest is sent without it.`);
        return undefined;
      }
      const type = TYPES[extname(path).toLowerCase()] ?? 'application/octet-stream';
      return { field: 'user_picture', name: basename(path), type, content: await readFile(path) };
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
      this.#warn(`the picture ${path} cannot be read (${code}); the rest is sent without it.`);
      return undefined;
    }
  }

  /** False when the client closes meanwhile. Does not hold the process. */
  #wait(ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (on: boolean) => {
        this.#waits.delete(give);
        cancel();
        resolve(on);
      };
      const give = () => end(false);
      const cancel = this.#parts.clock.after(ms, () => end(true));
      this.#waits.add(give);
    });
  }

  #warn(message: string): void {
    this.#parts.reporter.warn(`userDetails.picturePath:${message}`, `userDetails: ${message}`, 60_000);
  }
}
