import { get } from '../lib/api.js';
import { h } from '../lib/dom.js';
import { duration } from '../lib/format.js';
import { badge, deviceLink, table, when } from '../lib/parts.js';

/** Sessions as a classic server counts them. */
export const sessions = {
  id: 'sessions',
  title: 'Sessions',
  create(host) {
    const rows = table(
      'Sessions',
      [
        { title: 'Began', cell: ({ started_at: at }) => when(at) },
        { title: 'State', cell: ({ ended_at: at }) => badge(at === null ? 'running' : 'ended') },
        { title: 'Duration', class: 'num', cell: ({ duration: seconds }) => duration(seconds * 1000) },
        { title: 'Ended by', cell: ({ ended_by: by }) => by ?? '–' },
        { title: 'Resumed', class: 'num', cell: ({ resumed }) => (resumed === 0 ? '–' : `${resumed} ×`) },
        { title: 'Platform', cell: ({ metrics }) => metrics?._os ?? '–' },
        { title: 'App', cell: ({ metrics }) => metrics?._app_version ?? '–' },
        { title: 'Place', cell: ({ country, city, location_source: source }) => place(country, city, source) },
        { title: 'Device', cell: ({ device_id: id }) => deviceLink(id) },
      ],
      {
        key: ({ id }) => id,
        testid: 'session-row',
        emptyText: 'No sessions yet',
        emptyHint: 'A session starts with begin_session = 1.',
      },
    );
    host.replaceChildren(h('section', { class: 'card' }, rows.host));
    return { refresh: () => load(rows) };
  },
};

function place(country, city, source) {
  const name = [city, country].filter(Boolean).join(', ');
  const note = { sender: 'address of the sender', ip_address: 'ip_address', 'opt-out': 'opted out' }[source];
  return h('span', {}, name || h('span', { class: 'faint' }, note ?? '–'));
}

async function load(rows) {
  const { sessions: list, total } = await get('sessions?limit=150');
  rows.update(list, total);
}
