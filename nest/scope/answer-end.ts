/** What tells that an answer is over. Adapters of serverless platforms leave out some of it, or all. */
export interface Ending {
  on?(event: 'finish' | 'close', listener: () => void): unknown;
  readonly writableEnded?: boolean;
  readonly writableFinished?: boolean;
  readonly closed?: boolean;
}

/** The end of an answer, told once: when it was sent, when its connection broke, or when its handler is through. */
export class AnswerEnd {
  readonly #response: Ending;
  #waiting: (() => void)[] | undefined = [];

  /** @param isNew - the answer cannot be over yet; each look at a response of Express takes time (`bearerOf`) */
  constructor(response: Ending, isNew: boolean) {
    this.#response = response;
    try {
      if (!isNew && (response.closed === true || response.writableFinished === true)) {
        this.#waiting = undefined;
        return;
      }
      const end = () => this.#end();
      // Not `once`, whose wrapper looks at the response four times more.
      response.on?.('finish', end);
      response.on?.('close', end);
    } catch {
      // Its handler will have an end.
    }
  }

  /** Calls back at the end; at once when that was before. The listener must not throw. */
  whenOver(listener: () => void): void {
    if (this.#waiting === undefined) listener();
    else this.#waiting.push(listener);
  }

  /** The handler is through. An answer that still streams goes on; where nothing says so, this is the end. */
  handled(): void {
    if (this.#waiting === undefined) return;
    const { writableEnded, writableFinished } = this.#response;
    if (writableEnded !== false && writableFinished !== false) this.#end();
  }

  #end(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    for (const listener of waiting ?? []) listener();
  }
}
