import type { Cart } from '../cart/cart.js';
import { formatMoney } from '../money.js';
import { html } from '../pages/html.js';
import type { PageView } from '../pages/page-view.js';
import { SANDBOX_CARDS } from './payment-gateway.js';

const CARDS: readonly (readonly [number: string, label: string])[] = [
  [SANDBOX_CARDS.pays, 'pays'],
  [SANDBOX_CARDS.declined, 'is declined: insufficient funds'],
  [SANDBOX_CARDS.expired, 'is declined: expired'],
  [SANDBOX_CARDS.breaks, 'breaks the payment provider'],
];

export const checkoutPage: PageView<Cart> = {
  title: 'Checkout',
  render: ({ lines, total }) =>
    lines.length === 0
      ? html`<p class="soft">There is nothing to pay. <a href="/">Have a look around.</a></p>`
      : html`<form class="stack" method="post" action="/checkout">
  <label>E-mail <input name="email" type="email" value="you@example.test" required></label>
  <label>Address <input name="address" value="1 Example Lane, Testville" required></label>
  <label>Delivery <select name="delivery"><option>standard</option><option>express</option></select></label>
  <label>Card of the sandbox <select name="card">${CARDS.map(
    ([number, label]) => html`<option value="${number}">${number} – ${label}</option>`,
  )}</select></label>
  <div><button>Pay ${formatMoney(total)} and delivery</button></div>
  <p class="soft">E-mail, address and card number stay in the shop: Countly learns the delivery, the number of items and
  the sum.</p>
</form>`,
};

export const thanksPage: PageView<{ readonly orderId: string }> = {
  title: 'Thank you',
  render: ({ orderId }) => html`<p class="notice">Order <strong>${orderId}</strong> is on its way to nowhere.</p>
<p><a href="/">Back to the catalogue</a></p>`,
};
