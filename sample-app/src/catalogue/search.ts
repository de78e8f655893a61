import type { Product } from './product.js';

export type SearchOrder = 'relevance' | 'price';

export interface SearchResult {
  readonly words: string;
  readonly products: readonly Product[];
}
