import { get } from '../lib/api.js';
import { h, reconcile } from '../lib/dom.js';
import { compact, plural } from '../lib/format.js';
import { deviceLink, empty, facts, level, when } from '../lib/parts.js';

/** What a real server would drop or change without a word, by rule of the contract. */
export const problems = {
  id: 'problems',
  title: 'Contract',
  create(host, { argument }) {
    const groups = h('div', { class: 'stack-list' });
    const nothing = empty(
      'Nothing to complain about',
      'A real server would count everything that was accepted so far.',
    );
    const refused = empty(
      'Requests were refused',
      'Nothing else was found, but what is refused counts nowhere: see above.',
    );
    // Neither is said before it is known.
    nothing.hidden = true;
    refused.hidden = true;
    host.replaceChildren(
      h('p', { class: 'lead' }, 'What a Countly server would drop or change while it answers "Success".'),
      groups,
      nothing,
      refused,
    );
    return {
      async refresh({ totals }) {
        const { groups: list } = await get('problem-groups');
        nothing.hidden = list.length > 0 || totals.rejected > 0;
        refused.hidden = list.length > 0 || totals.rejected === 0;
        const create = (group) => problemRow(group, String(group.row) === argument);
        reconcile(groups, list, { key: ({ row }) => row, create });
      },
    };
  },
};

function problemRow(group, open) {
  return h(
    'details',
    { class: `card item edge-${group.level}`, testid: 'problem-row', 'data-row': group.row, open },
    h(
      'summary',
      {},
      level(group.level),
      h('span', { class: 'item-title' }, group.title),
      h('span', { class: 'faint' }, `rule ${group.row}`),
      h('span', { class: 'figure' }, `× ${compact(group.occurrences)}`),
      h('span', { class: 'faint' }, when(group.last)),
    ),
    h(
      'div',
      { class: 'item-body' },
      h(
        'div',
        {},
        h('h3', {}, 'What a real server does'),
        h('p', {}, group.server),
        h('h3', {}, 'What to do'),
        h('p', {}, group.remedy),
      ),
      h(
        'div',
        {},
        h('h3', {}, 'Newest finding'),
        h('p', { class: 'finding', testid: 'problem-message' }, group.message),
        facts([
          ['Devices', plural(group.devices, 'device')],
          ['Device', group.device_id && deviceLink(group.device_id)],
          ['Request', h('a', { href: `#requests/${group.request_id}` }, `#${group.request_id}`)],
        ]),
      ),
    ),
  );
}
