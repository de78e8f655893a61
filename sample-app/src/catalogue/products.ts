import type { Category, Product } from './product.js';

const product = (id: string, name: string, category: Category, price: number, description: string): Product =>
  Object.freeze({ id, name, category, price, description });

/** Invented goods. */
export const PRODUCTS: readonly Product[] = Object.freeze([
  product('harbour-lamp', 'Harbour lamp', 'lamps', 8900, 'A storm lantern that has never seen a storm.'),
  product('reading-light', 'Reading light', 'lamps', 4500, 'Bright enough for one chapter more.'),
  product('candle-set', 'Candle set', 'lamps', 1950, 'Six candles that smell of nothing at all.'),
  product('wool-blanket', 'Wool blanket', 'textiles', 12900, 'Heavy, grey and hard to leave.'),
  product('linen-towel', 'Linen towel', 'textiles', 1450, 'Dries dishes, hangs well.'),
  product('felt-slippers', 'Felt slippers', 'textiles', 3900, 'For floors that stay cold until May.'),
  product('copper-kettle', 'Copper kettle', 'kitchen', 7450, 'Whistles in a minor key.'),
  product('bread-board', 'Bread board', 'kitchen', 2750, 'One piece of oak, no two alike.'),
  product('stone-mug', 'Stone mug', 'kitchen', 1690, 'Keeps warm what should be warm.'),
  product('brass-pen', 'Brass pen', 'desk', 5200, 'Takes any refill, outlasts all of them.'),
  product('paper-tray', 'Paper tray', 'desk', 2290, 'For everything that can wait.'),
  product('desk-clock', 'Desk clock', 'desk', 6400, 'Never ticks at night.'),
]);
