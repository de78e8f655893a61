import { get } from '../lib/api.js';
import { h } from '../lib/dom.js';
import { chips, deviceLink, table, when } from '../lib/parts.js';

/** User details as they stand after all operators. */
export const profiles = {
  id: 'profiles',
  title: 'Profiles',
  create(host) {
    const rows = table(
      'User profiles',
      [
        { title: 'Name', cell: ({ name, username }) => h('strong', {}, name ?? username ?? '–') },
        { title: 'E-mail', cell: ({ email }) => email ?? '–' },
        { title: 'Organization', cell: ({ organization }) => organization ?? '–' },
        { title: 'Custom', cell: ({ custom }) => chips(custom, 10) },
        { title: 'Device', cell: ({ device_id: id }) => deviceLink(id) },
        { title: 'Updated', cell: ({ updated_at: at }) => when(at) },
      ],
      {
        key: ({ app_key: app, device_id: id }) => `${app} ${id}`,
        testid: 'profile-row',
        emptyText: 'No user profiles yet',
        emptyHint: 'They come with "user_details".',
      },
    );
    host.replaceChildren(h('section', { class: 'card' }, rows.host));
    return { refresh: () => load(rows) };
  },
};

async function load(rows) {
  const { profiles: list, total } = await get('profiles?limit=200');
  rows.update(list, total);
}
