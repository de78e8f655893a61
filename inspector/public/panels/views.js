import { get } from '../lib/api.js';
import { meter } from '../lib/charts.js';
import { h } from '../lib/dom.js';
import { duration, number } from '../lib/format.js';
import { deviceLink, table, when } from '../lib/parts.js';

/** Views by name, and the newest visits. */
export const views = {
  id: 'views',
  title: 'Views',
  create(host) {
    let most = 1;
    const names = table(
      'Views by name',
      [
        { title: 'View', cell: ({ name }) => h('code', {}, name) },
        { title: 'Share', class: 'meter-cell', cell: ({ name, visits }) => meter(visits / most, `${name}: ${visits}`) },
        { title: 'Visits', class: 'num', cell: ({ visits }) => h('strong', {}, number(visits)) },
        { title: 'Landings', class: 'num', cell: ({ landings }) => number(landings) },
        { title: 'Devices', class: 'num', cell: ({ devices }) => number(devices) },
        { title: 'Unique visitors', class: 'num', cell: ({ visitors }) => number(visitors) },
        { title: 'p50', class: 'num', cell: ({ p50 }) => duration(p50) },
        { title: 'p95', class: 'num', cell: ({ p95 }) => duration(p95) },
        { title: 'Total', class: 'num', cell: ({ seconds }) => duration(seconds === null ? null : seconds * 1000) },
        { title: 'Last', cell: ({ last }) => when(last) },
      ],
      {
        key: ({ name }) => name,
        testid: 'view-row',
        emptyText: 'No views yet',
        emptyHint: 'A view is an event [CLY]_view with visit = 1 and a name.',
      },
    );
    const visits = table(
      'Newest visits',
      [
        { title: 'Time', cell: ({ timestamp }) => when(timestamp) },
        { title: 'View', cell: ({ name }) => h('code', {}, name) },
        {
          title: 'Time spent',
          class: 'num',
          cell: ({ duration: s, ended }) => (ended ? duration((s ?? 0) * 1000) : 'open'),
        },
        { title: 'Landing', cell: ({ landing }) => (landing ? 'yes' : '') },
        { title: 'Device', cell: ({ device_id: id }) => deviceLink(id) },
      ],
      { key: ({ id }) => id, testid: 'visit-row', emptyText: 'No visits yet' },
    );
    host.replaceChildren(
      h('section', { class: 'card' }, names.host),
      h('section', { class: 'card' }, h('h3', {}, 'Newest visits'), visits.host),
    );
    return {
      async refresh() {
        const [byName, list] = await Promise.all([get('view-names'), get('views?limit=60&visit=1')]);
        most = Math.max(...byName.names.map(({ visits: n }) => n), 1);
        names.update(byName.names, byName.total);
        visits.update(list.views, list.total);
      },
    };
  },
};
