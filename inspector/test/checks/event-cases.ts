import { type Case, custom, event, fields, view } from './cases.js';

const many = (count: number, make: (n: number) => [string, unknown]) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => make(n)));
const list = <Item>(count: number, make: (n: number) => Item) => Array.from({ length: count }, (_, n) => make(n));

const DAY = 86_400_000;
const viewEvent = (name: string, segmentation: object) => ({
  key: '[CLY]_view',
  count: 1,
  segmentation: { name, visit: 1, segment: 'Linux', ...segmentation },
});

export const EVENT_CASES: readonly Case[] = [
  custom(1, 'events that are no JSON', (server) =>
    server.form('/i', { app_key: 'K', device_id: 'ann', timestamp: String(server.next()), events: '[{' }),
  ),
  fields(1, 'events that are an object', { events: { key: 'a' } }),
  custom(2, 'events as text in a bulk', (server) =>
    server.json('/i/bulk', { requests: [{ ...server.common(), events: '[{"key":"a"}]' }] }),
  ),
  fields(3, 'null among the events', { events: [{ key: 'a' }, null] }),
  event(4, 'an event without key', { key: undefined }),
  event(4, 'an event with an empty key', { key: '' }),
  fields(4, 'a number among the events', { events: [7] }),
  event(5, 'a key of 128 characters', { key: 'x'.repeat(128) }),
  event(6, 'a key with a dollar', { key: 'pay$ment' }),
  event(6, 'a key with two dots', { key: 'a..b' }),
  event(7, 'an unknown internal key', { key: '[CLY]_mine' }),
  event(7, 'a key the server writes', { key: '[CLY]_session' }),
  fields(8, 'a 501st key', { events: list(501, (n) => ({ key: `key-${n}`, count: 1 })) }),
  event(9, '101 segments', { segmentation: many(101, (n) => [`s${n}`, n]) }),
  fields(10, 'a 1001st value of a segment', {
    events: list(1001, (n) => ({ key: 'a', count: 1, segmentation: { id: `v${n}` } })),
  }),
  event(11, 'an array as segment value', { segmentation: { tags: ['a'] } }),
  event(12, 'an object as segment value', { segmentation: { user: { name: 'Ann' } } }),
  event(13, 'null as segment value', { segmentation: { plan: null } }),
  event(13, 'an empty segment value', { segmentation: { plan: '' } }),
  event(13, 'an empty segment name', { segmentation: { '': 'pro' } }),
  event(14, 'a dot in a segment name', { segmentation: { 'a.b': 'x' } }),
  event(14, 'a dollar before a segment value', { segmentation: { price: '$5' } }),
  event(15, 'a count of 0', { count: 0 }),
  event(15, 'a count of 1.5', { count: 1.5 }),
  event(15, 'a count below 0', { count: -1 }),
  event(16, 'a sum that is no number', { sum: 'ten' }),
  event(16, 'a duration that is no number', { dur: {} }),
  event(74, 'a sum of a ten millionth', { sum: 0.0000001 }),
  event(74, 'a negative sum that rounds to 0', { sum: -0.000004 }),
  event(74, 'a sum as text that rounds to 0', { sum: '0.000001' }),
  event(17, 'an ISO time on an event', { timestamp: '2026-01-01T00:00:00Z' }),
  event(18, 'an event from the future', { timestamp: Date.now() + 3_600_000 }),
  view(31, 'a view without name', { name: undefined }),
  view(32, 'a view name of 129 characters', { name: `/${'x'.repeat(128)}` }),
  view(33, 'a view duration in milliseconds since 1970', {}, { dur: 1_700_000_000_000 }),
  view(34, 'the end of a view that never started', { visit: undefined }, { dur: 3 }),
  custom(34, 'the end of a view with another _idv', async (server) => {
    const segmentation = { name: '/home', segment: 'Linux' };
    await server.events({ key: '[CLY]_view', count: 1, segmentation: { ...segmentation, visit: 1, _idv: 'a' } });
    await server.events({ key: '[CLY]_view', count: 1, dur: 1, segmentation: { ...segmentation, _idv: 'b' } });
  }),
  view(35, 'a view with a reserved segment', { height: 100 }),
  fields(35, 'an 11th value of a custom view segment', {
    events: list(11, (n) => ({
      key: '[CLY]_view',
      count: 1,
      segmentation: { name: `/${n}`, visit: 1, user: `u${n}` },
    })),
  }),
  event(36, 'a rating without segmentation', { key: '[CLY]_star_rating' }),
  fields(65, 'two starts of one view', { events: list(2, () => viewEvent('/home', {})) }),
  fields(65, 'three starts of one view among others, each with an id', {
    events: list(6, (n) => viewEvent(n % 2 === 0 ? '/home' : `/${n}`, { _idv: `v${n}` })),
  }),
  custom(75, 'a view of today beside an event of last month', (server) =>
    server.events(viewEvent('/home', {}), { key: 'order', count: 1, timestamp: server.next() - 30 * DAY }),
  ),
  custom(75, 'a view of last month before one of today', (server) =>
    server.events({ ...viewEvent('/a', {}), timestamp: server.next() - 30 * DAY }, viewEvent('/b', {})),
  ),
  custom(75, 'a view of today before an event three days old, in a bulk', (server) => {
    const old = { key: 'order', count: 1, timestamp: Math.round((server.next() - 3 * DAY) / 1000) };
    return server.json('/i/bulk', { requests: [{ ...server.common(), events: [viewEvent('/a', {}), old] }] });
  }),
  event(66, 'a dot in a key', { key: 'Checkout.pay' }),
  event(66, 'a key that begins with a dot', { key: '.hidden' }),
  event(66, 'a key that another one goes on from', { key: 'Cart.start.now' }),
  event(71, 'a rating without widget', { key: '[CLY]_star_rating', segmentation: { rating: 5 } }),
  event(
    71,
    'a rating with an empty widget',
    { key: '[CLY]_star_rating', segmentation: { rating: 5, widget_id: '' } },
    [13],
  ),
  event(72, 'a number as event id', { id: 7 }),
  event(72, 'an empty id of the current view', { cvid: '' }),
  event(72, 'no text as id of the previous event', { peid: null }),
  event(72, 'an object as id of the previous view', { pvid: { id: 'v1' } }),
  event(73, 'a current view nobody has heard of', { cvid: 'v9' }),
  event(37, 'a push action without message id', { key: '[CLY]_push_action', segmentation: { i: 'short' } }),
];
