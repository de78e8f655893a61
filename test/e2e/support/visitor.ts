import { eventLine, type Ledger, type RecordKind, traceLine, viewLine } from './ledger.js';
import { CARDS, type CardName, PRODUCTS, type ProductId, priceOf } from './shop-facts.js';

/** How a visitor tells the shop who they are. */
export type Identity = 'header' | 'cookie' | 'new browser';

/**
 * Drives the shop as one visitor and writes down what must arrive for it. It knows the shop's contract, none of its code.
 */
export class Visitor {
  requests = 0;
  /** The id the shop knows the visitor by; a new browser learns it with the first answer. */
  id: string;
  readonly #shop: string;
  readonly #identity: Identity;
  readonly #consent: boolean;
  readonly #ledger: Ledger;
  #cart = new Map<ProductId, number>();

  constructor(shop: string, id: string, identity: Identity, consent: boolean, ledger: Ledger) {
    this.#shop = shop;
    this.#identity = identity;
    this.id = identity === 'new browser' ? '' : id;
    this.#consent = consent;
    this.#ledger = ledger;
  }

  async home(): Promise<void> {
    await this.#get('/', 'GET /', 200);
    this.#expect('views', viewLine('Home', {}));
  }

  async product(id: ProductId): Promise<void> {
    await this.#get(`/products/${id}`, 'GET /products/:id', 200);
    this.#expect('views', viewLine('Product', { category: PRODUCTS[id].category }));
    this.#expect('traces', traceLine('device', 'load_product', null));
  }

  async missingProduct(): Promise<void> {
    await this.#get('/products/gone', 'GET /products/:id', 404);
    this.#expect('traces', traceLine('device', 'load_product', null));
  }

  async search(words: string, results: number): Promise<void> {
    await this.#get(`/search?q=${encodeURIComponent(words)}`, 'GET /search', 200);
    this.#expect('views', viewLine('Search results', {}));
    this.#expect('events', eventLine('search', 1, null, { found: results > 0, results, sorted_by: 'relevance' }));
  }

  async add(id: ProductId, quantity: number): Promise<void> {
    await this.#post('/cart/items', 201, { productId: id, quantity });
    this.#cart.set(id, (this.#cart.get(id) ?? 0) + quantity);
    const { category, price } = PRODUCTS[id];
    this.#expect('events', eventLine('cart_item_added', quantity, price * quantity, { product: id, category }));
    this.#expect('traces', traceLine('device', 'load_product', null));
  }

  async remove(id: ProductId): Promise<void> {
    await this.#post('/cart/items/remove', 200, { productId: id });
    if (this.#cart.delete(id)) {
      this.#expect('events', eventLine('cart_item_removed', 1, null, { product: id, category: PRODUCTS[id].category }));
    }
  }

  async cart(): Promise<void> {
    await this.#get('/cart', 'GET /cart', 200);
    this.#expect('views', viewLine('Cart', {}));
  }

  async checkout(): Promise<void> {
    await this.#get('/checkout', 'GET /checkout', 200);
    this.#expect('views', viewLine('Checkout', {}));
  }

  async thanks(): Promise<void> {
    await this.#get('/checkout/thanks', 'GET /checkout/thanks', 200);
    this.#expect('views', viewLine('Thank you', {}));
  }

  async pay(card: CardName): Promise<void> {
    const { number, status, charge } = CARDS[card];
    const order = { delivery: 'express', items: this.#items(), currency: 'EUR' };
    const total = priceOf(this.#cart) + 12.9;
    await this.#post('/checkout', status, {
      email: `${this.id}@example.test`,
      address: `1 ${this.id} Lane, Testville`,
      card: number,
      delivery: 'express',
    });
    this.#expect('traces', traceLine('network', 'POST /charges', charge));
    if (card === 'pays') {
      for (const [id, quantity] of this.#cart) {
        const { category, price } = PRODUCTS[id];
        this.#expect('events', eventLine('item_ordered', quantity, price * quantity, { product: id, category }));
      }
      this.#cart = new Map();
      this.#expect('events', eventLine('checkout', 1, total, order));
    } else if (card === 'declined') {
      this.#expect('events', eventLine('payment_declined', 1, null, { ...order, reason: 'insufficient_funds' }));
    } else this.#expect('errors', 'PaymentGatewayError: The payment provider closed the connection.');
  }

  /** Goes away; what is left in the cart is the job's business. True when it has something to do. */
  leave(): boolean {
    if (this.#cart.size === 0) return false;
    this.#expect('events', eventLine('cart_abandoned', 1, priceOf(this.#cart), { items: this.#items() }));
    this.#expect('traces', traceLine('device', 'send_cart_reminder', null));
    return true;
  }

  #items(): number {
    return [...this.#cart.values()].reduce((sum, quantity) => sum + quantity, 0);
  }

  #get(path: string, route: string, status: number): Promise<void> {
    return this.#send(path, route, status, {});
  }

  #post(path: string, status: number, body: object): Promise<void> {
    return this.#send(path, `POST ${path}`, status, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  async #send(path: string, route: string, status: number, init: RequestInit): Promise<void> {
    this.requests++;
    const response = await fetch(`${this.#shop}${path}`, { ...init, headers: { ...init.headers, ...this.#headers() } });
    const text = await response.text();
    if (response.status !== status) throw new Error(`${route}: expected ${status}, got ${response.status}: ${text}`);
    if (this.id === '') this.id = /visitor=([^;]+)/.exec(response.headers.get('set-cookie') ?? '')?.[1] ?? '';
    this.#expect('traces', traceLine('network', route, status));
  }

  #headers(): Record<string, string> {
    const consent = this.#consent ? 'all' : 'none';
    if (this.#identity === 'header') return { 'x-visitor-id': this.id, 'x-consent': consent };
    return { cookie: this.id === '' ? `consent=${consent}` : `consent=${consent}; visitor=${this.id}` };
  }

  #expect(kind: RecordKind, line: string): void {
    if (this.#consent) this.#ledger.add(this.id, kind, line);
  }
}
