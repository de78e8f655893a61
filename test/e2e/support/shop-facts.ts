/** What the tests know of the shop: as much as its price list and the card numbers of its sandbox. */
export const PRODUCTS = {
  'harbour-lamp': { category: 'lamps', price: 89 },
  'stone-mug': { category: 'kitchen', price: 16.9 },
  'brass-pen': { category: 'desk', price: 52 },
  'linen-towel': { category: 'textiles', price: 14.5 },
} as const;

export type ProductId = keyof typeof PRODUCTS;

export const CARDS = {
  pays: { number: '4242424242424242', status: 201, charge: 201 },
  declined: { number: '4000000000000002', status: 402, charge: 402 },
  breaks: { number: '4000000000000119', status: 500, charge: 502 },
} as const;

export type CardName = keyof typeof CARDS;

export function priceOf(cart: ReadonlyMap<ProductId, number>): number {
  return [...cart].reduce((sum, [id, quantity]) => sum + PRODUCTS[id].price * quantity, 0);
}
