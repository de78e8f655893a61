import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { assertCountly, createTestClient, type TestClient } from 'countly-weave/testing';
import { Checkout } from '../src/checkout.js';

const ORDER = { item: 'lamp', pieces: 2, price: 12.5, email: 'ann@example.test' };
let countly: TestClient;

beforeEach(() => {
  countly = createTestClient();
});
afterEach(() => countly.close());

test('a payment is an event with its sum', async () => {
  assert.equal(await new Checkout().pay(ORDER), 25);
  await assertCountly(countly).toHaveTimed('checkout', { sum: 25, segmentation: { item: 'lamp', pieces: 2 } });
});

test('a failure is reported and stays what it is', async () => {
  await assert.rejects(new Checkout().pay({ ...ORDER, pieces: 0 }), RangeError);
  await assertCountly(countly).toHaveReported(RangeError);
  await assertCountly(countly).not.toHaveTracked('checkout');
});
