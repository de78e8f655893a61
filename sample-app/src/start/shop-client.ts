const TIMEOUT_MS = 30_000;

export interface Browser {
  readonly cookies: Readonly<Record<string, string>>;
  /** What every request says of where it comes from. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly onAnswer?: (status: number) => void;
}

/** A browser as far as the shop can tell: asks for HTML, keeps cookies, follows redirects after forms. */
export class ShopClient {
  readonly #url: string;
  readonly #cookies: Map<string, string>;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #onAnswer: (status: number) => void;

  constructor(url: string, { cookies, headers = {}, onAnswer = () => undefined }: Browser) {
    this.#url = url;
    this.#cookies = new Map(Object.entries(cookies));
    this.#headers = headers;
    this.#onAnswer = onAnswer;
  }

  get(path: string): Promise<number> {
    return this.#send(path, {});
  }

  async post(path: string, form: Readonly<Record<string, string>>): Promise<number> {
    return this.#send(path, { method: 'POST', body: new URLSearchParams(form) });
  }

  async #send(path: string, init: RequestInit): Promise<number> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('; ');
    const response = await fetch(new URL(path, this.#url), {
      ...init,
      headers: { accept: 'text/html', ...this.#headers, cookie },
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.arrayBuffer();
    for (const line of response.headers.getSetCookie()) this.#keep(line);
    this.#onAnswer(response.status);
    const next = response.headers.get('location');
    return next === null ? response.status : this.get(next);
  }
  #keep(line: string): void {
    const [name, value] = line.split(';', 1)[0]?.split('=') ?? [];
    if (name) this.#cookies.set(name, decodeURIComponent(value ?? ''));
  }
}
