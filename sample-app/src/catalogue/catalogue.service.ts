import { setTimeout as wait } from 'node:timers/promises';
import { Injectable, NotFoundException } from '@nestjs/common';
import { Segment, TimedEvent, Trace } from 'countly-weave';
import type { Product } from './product.js';
import { PRODUCTS } from './products.js';
import type { SearchOrder } from './search.js';

/** Time a database would take: without it every duration on the dashboard reads zero. */
const LOOKUP_MS = 3;

@Injectable()
export class CatalogueService {
  list(): readonly Product[] {
    return PRODUCTS;
  }

  /** @throws NotFoundException for an id that is not in the catalogue */
  @Trace('load_product')
  async find(id: string): Promise<Product> {
    await wait(LOOKUP_MS);
    const product = PRODUCTS.find((candidate) => candidate.id === id);
    if (product === undefined) throw new NotFoundException(`There is no product "${id.slice(0, 60)}".`);
    return product;
  }

  // The words themselves stay here: people type names and addresses into search fields.
  @TimedEvent('search', {
    segmentation: ({ result }) => ({ found: (result?.length ?? 0) > 0, results: result?.length }),
  })
  async search(words: string, @Segment('sorted_by') order: SearchOrder): Promise<readonly Product[]> {
    await wait(LOOKUP_MS);
    const wanted = words.trim().toLowerCase();
    const found = PRODUCTS.filter(({ name, category, description }) =>
      `${name} ${category} ${description}`.toLowerCase().includes(wanted),
    );
    return order === 'price' ? found.toSorted((left, right) => left.price - right.price) : found;
  }
}
