import { get } from '../lib/api.js';
import { histogram } from '../lib/charts.js';
import { h } from '../lib/dom.js';
import { duration, number } from '../lib/format.js';
import { badge, deviceLink, table, when } from '../lib/parts.js';

/** Durations by trace name, and the newest traces. */
export const traces = {
  id: 'traces',
  title: 'Traces',
  create(host) {
    let bounds = [];
    const names = table(
      'Traces by name',
      [
        { title: 'Type', cell: ({ type }) => badge('trace', type) },
        { title: 'Name', cell: ({ name }) => h('code', {}, name) },
        { title: 'Count', class: 'num', cell: ({ count }) => h('strong', {}, number(count)) },
        { title: 'p50', class: 'num', cell: ({ p50 }) => duration(p50) },
        { title: 'p95', class: 'num', cell: ({ p95 }) => h('strong', {}, duration(p95)) },
        { title: 'Max', class: 'num', cell: ({ max }) => duration(max) },
        { title: 'Failed', class: 'num', cell: ({ failed }) => (failed > 0 ? badge('fatal', number(failed)) : '–') },
        { title: 'Durations', cell: ({ name, histogram: n }) => histogram(n, bounds, `Durations of ${name}`) },
        { title: 'Last', cell: ({ last }) => when(last) },
      ],
      {
        key: ({ type, name }) => `${type} ${name}`,
        testid: 'trace-row',
        emptyText: 'No traces yet',
        emptyHint: 'A trace is a request with "apm": its name, duration and, for the network, the status code.',
      },
    );
    const newest = table(
      'Newest traces',
      [
        { title: 'Time', cell: ({ stz }) => when(stz) },
        { title: 'Name', cell: ({ name }) => h('code', {}, name) },
        { title: 'Duration', class: 'num', cell: ({ duration: ms }) => duration(ms) },
        { title: 'Status', class: 'num', cell: ({ response_code: code }) => code ?? '–' },
        { title: 'Device', cell: ({ device_id: id }) => deviceLink(id) },
      ],
      { key: ({ id }) => id, testid: 'trace-sample-row', emptyText: 'No traces yet' },
    );
    host.replaceChildren(
      h('section', { class: 'card' }, names.host),
      h('section', { class: 'card' }, h('h3', {}, 'Newest traces'), newest.host),
    );
    return {
      async refresh() {
        const [byName, list] = await Promise.all([get('trace-names'), get('traces?limit=60')]);
        bounds = byName.buckets;
        names.update(byName.names, byName.total);
        newest.update(list.traces, list.total);
      },
    };
  },
};
