import { expect, it } from 'vitest';
import { BeginSession, EndEvent, StartEvent } from '../../lib/index.js';
import { bindDefaults } from '../../lib/internal.js';
import { FeatureDefaults } from '../../nest/feature/feature-scope.js';
import { recorded } from '../support/recorded.js';

class Deliveries {
  @StartEvent('delivery')
  @BeginSession()
  leave(): void {}

  @EndEvent('delivery', { segmentation: { by: 'bike' } })
  arrive(): void {}
}

it('an event that one method begins and another ends has prefix and segments of the feature module', async () => {
  const { client, clock, events, requests, close } = recorded();
  const deliveries = new Deliveries();
  bindDefaults(deliveries, new FeatureDefaults({ keyPrefix: 'shop_', segmentation: { team: 'a' } }));
  client.run({ deviceId: 'v' }, () => deliveries.leave());
  clock.advance(1500);
  client.run({ deviceId: 'v' }, () => deliveries.arrive());
  expect(await events()).toMatchObject([{ key: 'shop_delivery', dur: 1.5, segmentation: { team: 'a', by: 'bike' } }]);
  expect(await requests('begin_session')).toEqual([1]);
  await close();
});
