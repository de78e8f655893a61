import { get } from '../lib/api.js';
import { h, reconcile } from '../lib/dom.js';
import { plural } from '../lib/format.js';
import { badge, chips, deviceLink, empty, facts, shownOf, when } from '../lib/parts.js';

/** Crashes by group: stack, breadcrumbs and custom data of the newest report. */
export const errors = {
  id: 'errors',
  title: 'Errors',
  create(host) {
    const groups = h('div', { class: 'stack-list' });
    const nothing = empty('No errors reported', 'Each group of equal errors gets a row with stack and breadcrumbs.');
    const count = h('p', { class: 'faint table-count', testid: 'error-row-count' });
    host.replaceChildren(groups, count, nothing);
    return {
      async refresh() {
        const { groups: list, total } = await get('error-groups');
        count.hidden = list.length === 0;
        count.textContent = shownOf(list.length, total);
        nothing.hidden = list.length > 0;
        reconcile(groups, list, { key: ({ group_hash: hash }) => hash, create: errorRow });
      },
    };
  },
};

function errorRow(group) {
  const [firstLine, ...frames] = group.error.split('\n');
  return h(
    'details',
    { class: 'card item', testid: 'error-row' },
    h(
      'summary',
      {},
      badge(group.nonfatal ? 'handled' : 'fatal'),
      h('span', { class: 'item-title' }, group.name),
      h('span', { class: 'faint' }, plural(group.devices, 'device')),
      h('span', { class: 'figure' }, plural(group.reports, 'report')),
      h('span', { class: 'faint' }, when(group.last)),
    ),
    h(
      'div',
      { class: 'item-body' },
      h(
        'div',
        {},
        h('h3', {}, 'Stack'),
        h(
          'pre',
          { class: 'trace', testid: 'error-stack', tabindex: '0', 'aria-label': 'Stack' },
          h('span', { class: 'trace-head' }, firstLine),
          frames.map((line) => h('span', { class: frameClass(line) }, `\n${line}`)),
        ),
      ),
      h(
        'div',
        {},
        h('h3', {}, 'Breadcrumbs'),
        breadcrumbs(group.logs),
        h('h3', {}, 'About'),
        facts([
          ['App version', group.app_version],
          ['Platform', group.os],
          ['First', when(group.first)],
          ['Last', when(group.last)],
          ['Last device', deviceLink(group.device_id)],
          ['Custom', group.custom && chips(group.custom, 20)],
        ]),
      ),
    ),
  );
}

function breadcrumbs(logs) {
  if (!logs) return h('p', { class: 'faint' }, 'None were sent.');
  return h(
    'ol',
    { class: 'crumbs', testid: 'breadcrumbs' },
    logs.split('\n').map((line) => h('li', {}, line)),
  );
}

/** Frames of the platform and of dependencies step back, so that one's own code stands out. */
function frameClass(line) {
  return /node:|node_modules/.test(line) ? 'faint' : '';
}
