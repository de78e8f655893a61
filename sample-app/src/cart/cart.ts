import type { Product } from '../catalogue/product.js';
import type { Cents } from '../money.js';

export interface CartLine {
  readonly product: Product;
  readonly quantity: number;
}

/** What a visitor has put aside so far. A value: changes make a new one. */
export interface Cart {
  readonly visitorId: string;
  readonly lines: readonly CartLine[];
  readonly total: Cents;
}

export function cartOf(visitorId: string, lines: readonly CartLine[]): Cart {
  return { visitorId, lines, total: lines.reduce((sum, { product, quantity }) => sum + product.price * quantity, 0) };
}

export function itemsIn({ lines }: Cart): number {
  return lines.reduce((sum, { quantity }) => sum + quantity, 0);
}
