import { type CountlyMatchers, countlyMatchers, createTestClient, type TestClient } from 'countly-weave/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Cart } from './cart.js';

declare module 'vitest' {
  interface Matchers extends CountlyMatchers {}
}
expect.extend({ ...countlyMatchers });

describe('Cart', () => {
  let countly: TestClient;

  beforeEach(() => {
    countly = createTestClient();
  });

  afterEach(() => countly.close());

  it('reports what was added', async () => {
    const cart = new Cart();
    expect(cart.add('sku-1')).toBe(1);
    expect(() => cart.add('')).toThrow(TypeError);
    expect((await countly.events()).map(({ key, segmentation }) => ({ key, segmentation }))).toEqual([
      { key: 'item_added', segmentation: { items: 1 } },
    ]);
    expect(await countly.requests('crash')).toHaveLength(1);
    await expect(countly).toHaveTracked('item_added', {
      segmentation: expect.objectContaining({ items: 1 }),
      times: 1,
    });
    await expect(countly).toHaveReported(TypeError);
    await expect(countly).not.toHaveTracked('item_removed');
  });
});
