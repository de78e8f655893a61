import type { Visitor } from './visitor.js';

type Journey = (visitor: Visitor) => Promise<void>;

/** Ten requests each. */
export const JOURNEYS: readonly Journey[] = [
  async function buys(visitor) {
    await visitor.home();
    await visitor.product('harbour-lamp');
    await visitor.product('stone-mug');
    await visitor.search('lamp', 3);
    await visitor.add('harbour-lamp', 1);
    await visitor.add('stone-mug', 3);
    await visitor.cart();
    await visitor.checkout();
    await visitor.pay('pays');
    await visitor.thanks();
  },
  async function isDeclinedThenBuys(visitor) {
    await visitor.home();
    await visitor.search('wool', 1);
    await visitor.product('linen-towel');
    await visitor.add('linen-towel', 2);
    await visitor.cart();
    await visitor.checkout();
    await visitor.pay('declined');
    await visitor.checkout();
    await visitor.pay('pays');
    await visitor.thanks();
  },
  async function meetsABrokenProvider(visitor) {
    await visitor.home();
    await visitor.product('brass-pen');
    await visitor.add('brass-pen', 1);
    await visitor.cart();
    await visitor.checkout();
    await visitor.pay('breaks');
    await visitor.checkout();
    await visitor.pay('breaks');
    await visitor.cart();
    await visitor.home();
  },
  async function looksAround(visitor) {
    await visitor.home();
    await visitor.product('stone-mug');
    await visitor.missingProduct();
    await visitor.search('desk', 3);
    await visitor.search('nothing of the kind', 0);
    await visitor.product('brass-pen');
    await visitor.home();
    await visitor.product('linen-towel');
    await visitor.missingProduct();
    await visitor.cart();
  },
  // Changes the cart without a pause, so that no half-filled one is taken for abandoned.
  async function leavesTheCart(visitor) {
    await visitor.home();
    await visitor.product('stone-mug');
    await visitor.search('pen', 1);
    await visitor.product('brass-pen');
    await visitor.add('stone-mug', 2);
    await visitor.add('linen-towel', 1);
    await visitor.remove('linen-towel');
    await visitor.add('brass-pen', 1);
    await visitor.cart();
    await visitor.cart();
  },
];
