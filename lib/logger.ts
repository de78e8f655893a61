import { hearFailure } from './errors.js';

/**
 * Where the library writes its own messages. The shape is the one of NestJS' `LoggerService`, so Nest's `Logger` fits
 * as it is; `console` fits as well. App key and salt never reach a logger.
 */
export interface Logger {
  /** Something is wrong and stays so until somebody acts. */
  error(message: string): void;
  /** Something went wrong, or has no effect. */
  warn(message: string): void;
  /** Something worth knowing. */
  log(message: string): void;
  /** What the option `debug` asks for. Without it `log` gets that. */
  debug?(message: string): void;
}

const PREFIX = '[countly]';

/** The default logger: warnings and errors on the console, the rest only with `debug: true` or when the server asks for it. */
export function consoleLogger(debug: boolean): Logger {
  return {
    // biome-ignore-start lint/suspicious/noConsole: this object is the console logger
    error: (message) => console.error(PREFIX, message),
    warn: (message) => console.warn(PREFIX, message),
    log: (message) => debug && console.info(PREFIX, message),
    // Asked for by whoever calls it: the option, or an operator of the server.
    debug: (message) => console.debug(PREFIX, message),
    // biome-ignore-end lint/suspicious/noConsole: this object is the console logger
  };
}

/** Says nothing. */
export const silentLogger: Logger = { error() {}, warn() {}, log() {} };

// Control characters, and those that turn the direction of what follows.
// biome-ignore lint/suspicious/noControlCharactersInRegex: the control characters are the point
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** A text that can do nothing to a terminal or a log: a name or an answer may hold what forges lines or moves the cursor. */
export function shownText(text: string): string {
  return text.replace(UNPRINTABLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** What a callback throws may quote a header or a body. */
const LONGEST_ERROR = 1000;
const WORD = /[^\s<>"'`]+/g;
/** A row of figures such as a phone or a card has, and what may be a token or an id. */
const PERSONAL = /\+?\d[\d ().-]{4,40}\d|[\w~+=-]{20,}/g;
const FEWEST_FIGURES = 7;
const MASKED = '***';

/**
 * Kind and message of what a callback of the application threw, which whoever wrote it needs to see. Whom it was about is no part
 * of that: what looks like an address, a long number or a token is masked.
 */
export function shownError(error: unknown): string {
  let text: string;
  try {
    text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } catch {
    return 'an error that cannot be shown';
  }
  const withoutMailboxes = text.slice(0, LONGEST_ERROR).replace(WORD, (word) => (/.@./.test(word) ? MASKED : word));
  return withoutMailboxes.replace(PERSONAL, (found) => (isOfSomebody(found) ? MASKED : found));
}

/** Words are long as well, and years and ports are numbers. */
function isOfSomebody(found: string): boolean {
  const figures = found.replace(/\D/g, '').length;
  return figures >= FEWEST_FIGURES || (figures > 0 && !/[ ().]/.test(found));
}

/** Says each condition once per interval, by its key. A logger that throws is contained: it must not break the host. */
export class Reporter {
  readonly #lastSaid = new Map<string, number>();
  /** How many of each were written until now. */
  readonly written = { errors: 0, warnings: 0 };

  /** @param verbose whether debug messages are written */
  constructor(
    private readonly logger: Logger,
    private readonly now: () => number,
    public verbose = false,
  ) {}

  error(key: string, message: string, everyMs = 60_000): void {
    this.#say('error', key, message, everyMs);
  }

  /** Without an interval a warning is written once for the life of the client. As a function it is made only when it is written. */
  warn(key: string, message: string | (() => string), everyMs = Number.POSITIVE_INFINITY): void {
    this.#say('warn', key, message, everyMs);
  }

  info(message: string): void {
    this.#write('log', message);
  }

  /** Made into a text only when somebody listens. A logger without `debug` gets it as `log`. */
  debug(text: () => string): void {
    if (!this.verbose) return;
    let message: string;
    try {
      message = shownText(text());
    } catch {
      return;
    }
    this.#write(this.logger.debug === undefined ? 'log' : 'debug', message);
  }

  #say(level: 'error' | 'warn', key: string, message: string | (() => string), everyMs: number): void {
    const last = this.#lastSaid.get(key);
    if (last !== undefined && this.now() - last < everyMs) return;
    // Keys are few by design; the bound only guards against a caller that builds keys from data.
    if (this.#lastSaid.size >= 1000) this.#lastSaid.clear();
    this.#lastSaid.set(key, this.now());
    this.written[level === 'error' ? 'errors' : 'warnings']++;
    this.#write(level, shownText(typeof message === 'string' ? message : message()));
  }

  #write(level: 'error' | 'warn' | 'log' | 'debug', message: string): void {
    try {
      // One that writes over a network may give a promise in spite of its type.
      hearFailure(this.logger[level]?.(message));
    } catch {
      // Nowhere left to tell it.
    }
  }
}
