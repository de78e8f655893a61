// node:test, without a compiler and without a runner of its own.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Countly, TrackEvent, weave } from 'countly-weave';
import { assertCountly, createTestClient } from 'countly-weave/testing';

const add = weave((sku) => sku.length, TrackEvent('item_added', { segmentation: ({ args: [sku] }) => ({ sku }) }));

test('reports what was added', async () => {
  const countly = createTestClient();
  assert.equal(add('sku-1'), 5);
  await assertCountly(countly).toHaveTracked('item_added', { segmentation: { sku: 'sku-1' }, times: 1 });
  await assertCountly(countly).not.toHaveTracked('item_removed');
  await countly.close();
});

test('reaches a server', async () => {
  const client = Countly.init({});
  client.run({ deviceId: 'ann' }, () => add('sku-1'));
  const { delivered, pending, dropped } = await client.flush();
  assert.deepEqual({ delivered, pending, dropped }, { delivered: 1, pending: 0, dropped: 0 });
  await client.close();
});
