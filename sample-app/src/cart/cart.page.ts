import { formatMoney } from '../money.js';
import { html } from '../pages/html.js';
import type { PageView } from '../pages/page-view.js';
import type { Cart } from './cart.js';

export const cartPage: PageView<Cart> = {
  title: 'Your cart',
  render: ({ lines, total }) =>
    lines.length === 0
      ? html`<p class="soft">Nothing in it yet. <a href="/">Have a look around.</a></p>`
      : html`<table>
  <tr><th>Product</th><th class="number">Quantity</th><th class="number">Price</th><th></th></tr>
  ${lines.map(
    ({ product, quantity }) => html`<tr>
    <td><a href="/products/${product.id}">${product.name}</a></td>
    <td class="number">${quantity}</td>
    <td class="number">${formatMoney(product.price * quantity)}</td>
    <td class="number"><form method="post" action="/cart/items/remove">
      <input type="hidden" name="productId" value="${product.id}"><button class="link">Remove</button></form></td>
  </tr>`,
  )}
  <tr><td>Total</td><td></td><td class="number price">${formatMoney(total)}</td><td></td></tr>
</table>
<div class="actions"><a class="button" href="/checkout">Go to checkout</a></div>`,
};
