import { formatMoney } from '../money.js';
import { type Html, html } from '../pages/html.js';
import type { PageView } from '../pages/page-view.js';
import { picture } from './picture.js';
import type { Product } from './product.js';
import type { SearchResult } from './search.js';

export const homePage: PageView<readonly Product[]> = {
  title: 'Quiet things for evenings',
  render: grid,
};

export const searchPage: PageView<SearchResult> = {
  title: ({ words }) => `Search: ${words}`,
  render: ({ products }) => (products.length === 0 ? html`<p class="soft">Nothing found.</p>` : grid(products)),
};

export const productPage: PageView<Product> = {
  title: ({ name }) => name,
  render: (product) => html`<div class="split">
  ${picture(product, 'large')}
  <div>
    <p>${product.description}</p>
    <p class="price">${formatMoney(product.price)}</p>
    <form class="stack" method="post" action="/cart/items">
      <input type="hidden" name="productId" value="${product.id}">
      <label>Quantity <input name="quantity" type="number" min="1" max="9" value="1"></label>
      <div><button>Add to cart</button></div>
    </form>
  </div>
</div>`,
};

function grid(products: readonly Product[]): Html {
  return html`<div class="grid">${products.map(
    (product) => html`<a class="card" href="/products/${product.id}">
  ${picture(product)}
  <div class="text"><div>${product.name}</div><div class="price">${formatMoney(product.price)}</div>
  <div class="soft">${product.category}</div></div>
</a>`,
  )}</div>`;
}
