import { get } from '../lib/api.js';
import { histogram } from '../lib/charts.js';
import { h } from '../lib/dom.js';
import { decimal, duration, number } from '../lib/format.js';
import { chips, deviceLink, table, when } from '../lib/parts.js';

/** Counts per event key and the newest events. */
export const events = {
  id: 'events',
  title: 'Events',
  create(host) {
    let bounds = [];
    const keys = table(
      'Event keys',
      [
        { title: 'Key', cell: ({ key }) => h('code', {}, key) },
        { title: 'Events', class: 'num', cell: ({ events: n }) => h('strong', {}, number(n)) },
        { title: 'Sum of counts', class: 'num', cell: ({ count }) => number(count) },
        { title: 'Sum', class: 'num', cell: ({ sum }) => decimal(sum) },
        { title: 'Devices', class: 'num', cell: ({ devices }) => number(devices) },
        { title: 'p50', class: 'num', cell: ({ p50 }) => duration(p50) },
        { title: 'p95', class: 'num', cell: ({ p95 }) => duration(p95) },
        {
          title: 'Durations',
          cell: ({ key, histogram: counts }) => histogram(counts, bounds, `Durations of ${key}`),
        },
        { title: 'Last', cell: ({ last }) => when(last) },
      ],
      {
        key: ({ key }) => key,
        testid: 'key-row',
        emptyText: 'No events yet',
        emptyHint: 'Each event key gets a row with its counts and durations.',
      },
    );
    const newest = table(
      'Newest events',
      [
        { title: 'Time', cell: ({ timestamp }) => when(timestamp) },
        { title: 'Key', cell: ({ key }) => h('code', {}, key) },
        { title: 'Count', class: 'num', cell: ({ count }) => number(count) },
        { title: 'Duration', class: 'num', cell: ({ dur }) => duration(dur === null ? null : dur * 1000) },
        { title: 'Segmentation', cell: ({ segmentation }) => chips(segmentation) },
        { title: 'Device', cell: ({ device_id: id }) => deviceLink(id) },
      ],
      { key: ({ id }) => id, testid: 'event-row', emptyText: 'No events yet' },
    );
    host.replaceChildren(
      h('section', { class: 'card' }, keys.host),
      h('section', { class: 'card' }, h('h3', {}, 'Newest events'), newest.host),
    );
    return {
      async refresh() {
        // Views have a panel of their own, and come so often that they would be all there is.
        const [byKey, list] = await Promise.all([get('keys'), get('events?limit=60&without=[CLY]_view')]);
        bounds = byKey.buckets;
        keys.update(byKey.keys, byKey.total);
        newest.update(list.events, list.total);
      },
    };
  },
};
