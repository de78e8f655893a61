import type { Cents } from '../money.js';

export type Category = 'lamps' | 'textiles' | 'kitchen' | 'desk';

export interface Product {
  readonly id: string;
  readonly name: string;
  readonly category: Category;
  readonly price: Cents;
  readonly description: string;
}
