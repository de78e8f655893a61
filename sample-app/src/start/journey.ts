import { SANDBOX_CARDS } from '../checkout/payment-gateway.js';
import type { Random } from './random.js';
import type { ShopClient } from './shop-client.js';

/** One thing a visitor does. */
export type Step = (client: ShopClient) => Promise<unknown>;

const PRODUCTS = [
  'harbour-lamp',
  'reading-light',
  'candle-set',
  'wool-blanket',
  'linen-towel',
  'copper-kettle',
  'stone-mug',
  'brass-pen',
] as const;
const NAMES = ['Ada', 'Grace', 'Katherine', 'Dorothy', 'Joan', 'Margaret', 'Radia', 'Annie'] as const;
const WORDS = ['lamp', 'kettle', 'wool', 'desk', 'something warm', 'pen'] as const;

/** What one visitor does, from looking around to paying or leaving the cart behind. */
export function journeyOf(visitor: string, random: Random): Step[] {
  const steps: Step[] = [(client) => client.get('/')];
  for (let looks = random.between(1, 4); looks > 0; looks--) steps.push(look(random));
  if (random.chance(0.05)) steps.push((client) => client.get('/products/sold-out-long-ago'));
  if (!random.chance(0.6)) return steps;
  for (let items = random.between(1, 3); items > 0; items--) steps.push(add(random));
  if (random.chance(0.2)) steps.push(remove(random));
  if (!random.chance(0.7)) return steps;
  const payment = random.next();
  // Customers come back under the same name, from whatever browser.
  const name = random.pick(NAMES);
  const isCustomer = random.chance(0.4);
  if (isCustomer) steps.push((client) => client.post('/login', { name }));
  steps.push((client) => client.get('/checkout'));
  if (payment < 0.2) steps.push(pay(visitor, random.pick([SANDBOX_CARDS.declined, SANDBOX_CARDS.expired]), random));
  if (payment > 0.85) return [...steps, pay(visitor, SANDBOX_CARDS.breaks, random)];
  steps.push(pay(visitor, SANDBOX_CARDS.pays, random));
  return isCustomer && random.chance(0.3) ? [...steps, (client) => client.post('/logout', {})] : steps;
}

function look(random: Random): Step {
  const path = random.chance(0.3)
    ? `/search?q=${encodeURIComponent(random.pick(WORDS))}`
    : `/products/${random.pick(PRODUCTS)}`;
  return (client) => client.get(path);
}

function add(random: Random): Step {
  const form = { productId: random.pick(PRODUCTS), quantity: `${random.between(1, 2)}` };
  return (client) => client.post('/cart/items', form);
}

function remove(random: Random): Step {
  const form = { productId: random.pick(PRODUCTS) };
  return (client) => client.post('/cart/items/remove', form);
}

function pay(visitor: string, card: string, random: Random): Step {
  const form = {
    email: `${visitor}@example.test`,
    address: '1 Example Lane, Testville',
    delivery: random.pick(['standard', 'express']),
    card,
  };
  return (client) => client.post('/checkout', form);
}
