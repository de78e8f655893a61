import { expect, it } from 'vitest';
import { recorded } from '../support/recorded.js';

it('events, views and traces that run end with their block, also when it is left by an error', async () => {
  const { client, clock, events, requests, close } = recorded();
  const scope = client.device('v');
  const work = () => {
    using event = scope.startEvent('import');
    using view = scope.startView('page');
    using _trace = scope.startTrace('rows');
    clock.advance(2000);
    event.end({ sum: 3 });
    view.addSegmentation({ rows: 3 });
    clock.advance(1000);
    throw new Error('left');
  };
  expect(work).toThrow('left');
  const all = await events();
  expect(all).toHaveLength(3);
  // Ended by hand, so the block adds nothing.
  expect(all.find(({ key }) => key === 'import')).toMatchObject({ dur: 2, sum: 3 });
  expect(all.at(-1)).toMatchObject({ key: '[CLY]_view', dur: 3, segmentation: { rows: 3 } });
  expect(await requests('apm')).toMatchObject([{ name: 'rows', apm_metrics: { duration: 3000 } }]);
  await close();
});

it('what was cancelled does not end with its block', async () => {
  const { client, events, close } = recorded();
  {
    using event = client.startEvent('import');
    event.cancel();
  }
  expect(await events()).toEqual([]);
  await close();
});

it('a client closes with its block', async () => {
  let kept: ReturnType<typeof recorded>;
  {
    kept = recorded();
    await using client = kept.client;
    client.addEvent('last');
  }
  kept.client.addEvent('too late');
  expect(kept.transport.events.map(({ key }) => key)).toEqual(['last']);
  expect(kept.client.stats()).toMatchObject({ delivered: 1, dropped: { closed: 1 } });
});

it('a hold that is not committed is rolled back with its block', async () => {
  const { client, events, close } = recorded();
  const scope = client.device('v');
  for (const commits of [true, false]) {
    using hold = scope.hold();
    scope.addEvent(`commits: ${commits}`);
    if (commits) hold.commit();
  }
  expect((await events()).map(({ key }) => key)).toEqual(['commits: true']);
  expect(client.stats().dropped).toEqual({ rolled_back: 1 });
  await close();
});
