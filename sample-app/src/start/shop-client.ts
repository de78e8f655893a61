const TIMEOUT_MS = 30_000;

/** A browser as far as the shop can tell: asks for HTML, keeps cookies, follows redirects after forms. */
export class ShopClient {
  readonly #url: string;
  readonly #cookies: Map<string, string>;
  readonly #onAnswer: (status: number) => void;

  constructor(url: string, cookies: Record<string, string>, onAnswer: (status: number) => void = () => undefined) {
    this.#url = url;
    this.#cookies = new Map(Object.entries(cookies));
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
      headers: { accept: 'text/html', cookie },
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.arrayBuffer();
    this.#onAnswer(response.status);
    const next = response.headers.get('location');
    return next === null ? response.status : this.get(next);
  }
}
