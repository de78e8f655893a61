import { h, reconcile } from './dom.js';
import { ago, number, time, value } from './format.js';

export const KIND_LABELS = {
  event: 'Event',
  view: 'View',
  session: 'Session',
  crash: 'Error',
  trace: 'Trace',
  problem: 'Contract',
  consent: 'Consent',
  profile: 'Profile',
  merge: 'Merge',
};

export function badge(kind, text = KIND_LABELS[kind] ?? kind) {
  return h('span', { class: `badge badge-${kind}` }, text);
}

export function level(code, text = { E: 'Error', W: 'Warning', N: 'Note' }[code]) {
  return h('span', { class: `badge level-${code}` }, text);
}

export function deviceLink(id, extra = {}) {
  if (!id) return h('span', { class: 'faint' }, '–');
  return h('a', { class: 'device', href: `#devices/${encodeURIComponent(id)}`, title: id, ...extra }, id);
}

export function when(ms) {
  const date = new Date(ms);
  return h('time', { datetime: date.toISOString(), title: `${date.toISOString()} (${ago(ms)})` }, time(ms));
}

/** Names and values as small chips. */
export function chips(object, limit = 8) {
  const pairs = Object.entries(object ?? {});
  const shown = pairs
    .slice(0, limit)
    .map(([name, any]) =>
      h('span', { class: 'chip' }, h('span', { class: 'chip-name' }, name), ' ', h('span', {}, value(any))),
    );
  const rest = pairs.length - shown.length;
  return h('span', { class: 'chips' }, shown, rest > 0 && h('span', { class: 'chip faint' }, `+${rest} more`));
}

export function empty(title, hint) {
  return h('div', { class: 'empty' }, h('p', { class: 'empty-title' }, title), hint && h('p', {}, hint));
}

export function card(title, ...children) {
  return h('section', { class: 'card' }, h('h3', {}, title), ...children);
}

/** A name and value list; entries without a value are left out. */
export function facts(pairs) {
  const shown = pairs.filter(([, any]) => any !== null && any !== undefined && any !== '');
  return h(
    'dl',
    { class: 'facts' },
    shown.map(([name, any]) => h('div', {}, h('dt', {}, name), h('dd', {}, any instanceof Node ? any : value(any)))),
  );
}

/** "60 of 1,234": how many are shown, and how many there are. */
export function shownOf(count, total) {
  return `${number(count)} of ${number(total)}`;
}

/**
 * A table whose rows stay in place over refreshes. `columns`: title, optional class, cell(item). `update` takes the rows
 * and how many there are in all.
 */
export function table(caption, columns, { key, testid, emptyText, emptyHint }) {
  const body = h('tbody');
  const heads = columns.map((column) => h('th', { scope: 'col', class: column.class }, column.title));
  const frame = h(
    'div',
    { class: 'table-frame', tabindex: '0', role: 'region', 'aria-label': caption },
    h('table', {}, h('caption', { class: 'visually-hidden' }, caption), h('thead', {}, h('tr', {}, heads)), body),
  );
  const nothing = empty(emptyText, emptyHint);
  const count = h('p', { class: 'faint table-count', testid: `${testid}-count` });
  const host = h('div', {}, frame, count, nothing);
  const create = (item) =>
    h(
      'tr',
      { testid },
      columns.map((column) => h('td', { class: column.class }, column.cell(item))),
    );
  const update = (items, total = items.length) => {
    frame.hidden = items.length === 0;
    count.hidden = items.length === 0;
    count.textContent = shownOf(items.length, total);
    nothing.hidden = items.length > 0;
    reconcile(body, items, { key, create });
  };
  update([]);
  return { host, update };
}
