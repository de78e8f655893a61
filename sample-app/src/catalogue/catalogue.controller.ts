import { Controller, Get, Param, Query } from '@nestjs/common';
import { TrackView } from 'countly-weave';
import { Page } from '../pages/page.js';
import { homePage, productPage, searchPage } from './catalogue.pages.js';
import { CatalogueService } from './catalogue.service.js';
import type { Product } from './product.js';
import type { SearchResult } from './search.js';

@Controller()
export class CatalogueController {
  constructor(private readonly catalogue: CatalogueService) {}

  @Get()
  @Page(homePage)
  @TrackView('Home')
  home(): readonly Product[] {
    return this.catalogue.list();
  }

  // On success: a page that does not exist was not viewed.
  @Get('products/:id')
  @Page(productPage)
  @TrackView('Product', { on: 'success', segmentation: ({ result }) => ({ category: result?.category }) })
  product(@Param('id') id: string): Promise<Product> {
    return this.catalogue.find(id);
  }

  @Get('search')
  @Page(searchPage)
  @TrackView('Search results')
  async search(@Query('q') words: unknown, @Query('sort') sort: unknown): Promise<SearchResult> {
    const text = typeof words === 'string' ? words.slice(0, 100) : '';
    return { words: text, products: await this.catalogue.search(text, sort === 'price' ? 'price' : 'relevance') };
  }
}
