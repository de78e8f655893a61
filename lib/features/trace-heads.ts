import { truncate } from '../config/limits.js';
import { flatText, jsonString, ownCopy } from '../protocol/json-text.js';

const MAX_NAME = 2048;

/** What a request with a network trace says besides its time. */
export interface Answer {
  /** 100 to 599, or 0. */
  readonly code: number;
  /** Bytes. */
  readonly received: number;
  readonly sent: number;
}

/** The texts that traces of one name begin with: most answers of a route have one code, and many one size. */
export class TraceHead {
  /** `"apm":{"type":"network","name":"GET /","apm_metrics":{` */
  readonly begin: string;
  #code = Number.NaN;
  #received = Number.NaN;
  #sent = Number.NaN;
  #toTime: string | undefined;
  #toDuration: string | undefined;

  constructor(type: 'network' | 'device', name: string) {
    this.begin = flatText('"apm":{"type":"', type, '","name":', jsonString(name), ',"apm_metrics":{');
  }

  /** Up to the colon before the time; undefined while the answer is not like the one before. */
  upToTime(answer: Answer): string | undefined {
    const { code, received, sent } = answer;
    if (code === this.#code && received === this.#received && sent === this.#sent) {
      this.#toTime ??= flatText(this.begin, answerText(answer));
      return this.#toTime;
    }
    this.#code = code;
    this.#received = received;
    this.#sent = sent;
    this.#toTime = undefined;
    return undefined;
  }

  upToDuration(): string {
    this.#toDuration ??= flatText(this.begin, '"duration":');
    return this.#toDuration;
  }
}

/** What an answer adds to {@link TraceHead.begin}, up to the colon before the time. */
export function answerText({ code, received, sent }: Answer): string {
  return `"response_code":${code},"response_payload_size":${received},"request_payload_size":${sent},"response_time":`;
}

// Names are routes and methods; the bound is for those that are made of data.
const MOST_NAMES = 500;

/** Trace names that were cleaned already. */
export class TraceHeads {
  readonly #network = new Map<string, TraceHead>();
  readonly #device = new Map<string, TraceHead>();

  /** Undefined when nothing is left of the name. */
  of(type: 'network' | 'device', name: unknown): TraceHead | undefined {
    if (typeof name !== 'string') return undefined;
    const known = type === 'network' ? this.#network : this.#device;
    return known.get(name) ?? this.#fresh(known, type, name);
  }

  #fresh(known: Map<string, TraceHead>, type: 'network' | 'device', name: string): TraceHead | undefined {
    // A server takes neither (docs/protocol.md §7).
    const clean = name.replaceAll('.', '').replace(/^\$+/, '');
    if (clean === '') return undefined;
    const head = new TraceHead(type, truncate(clean, MAX_NAME));
    if (known.size >= MOST_NAMES) known.clear();
    if (name.length <= MAX_NAME) known.set(ownCopy(name), head);
    return head;
  }
}
