import type { Html } from './html.js';

/** What a page is called and how it shows the data its handler returns. */
export interface PageView<Data> {
  readonly title: string | ((data: Data) => string);
  readonly render: (data: Data) => Html;
}

export const PAGE_VIEW = 'shop:page-view';
