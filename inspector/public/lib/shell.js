import { h, reconcile } from './dom.js';
import { compact, number, plural } from './format.js';

const TILES = [
  ['events', 'Events', (totals) => totals.events],
  ['devices', 'Devices', (totals) => totals.devices],
  ['sessions', 'Sessions', (totals) => totals.sessions, (totals) => `${number(totals.open_sessions)} running`],
  ['views', 'Views', (totals) => totals.views],
  ['errors', 'Errors', (totals) => totals.errors],
  ['traces', 'Traces', (totals) => totals.traces],
  ['requests', 'Requests', (totals) => totals.requests, (totals) => `${number(totals.rejected)} refused`],
  [
    'problems',
    'Contract',
    (totals) => totals.problems_e + totals.problems_w,
    (totals) => `${number(totals.problems_e)} err · ${number(totals.problems_w)} warn`,
  ],
];

/** The numbers at the top; each leads to its section. */
export function showTiles(host, { totals }) {
  const items = TILES.map(([id, title, count, note]) => ({
    id,
    title,
    count: count(totals),
    note: note?.(totals) ?? '',
    bad: (id === 'problems' && totals.problems_e > 0) || (id === 'requests' && totals.rejected > 0),
  }));
  reconcile(host, items, {
    key: ({ id }) => id,
    create: ({ id, title, count, note, bad }) =>
      h(
        'li',
        {},
        h(
          'a',
          { href: `#${id}`, class: bad ? 'tile bad' : 'tile', title: `${number(count)} ${title.toLowerCase()}` },
          h('span', { class: 'tile-title' }, title),
          h('span', { class: 'tile-number', testid: `summary-${id}`, 'data-value': count }, compact(count)),
          h('span', { class: 'tile-note' }, note),
        ),
      ),
  });
}

/** How the simulated server is set up. */
export function showFlags(host, { server }) {
  const flags = [
    server.paused && ['paused', 'App is paused'],
    server.salted && ['salted', 'Salt is checked'],
    server.appKey && ['key', `App key ${server.appKey}`],
    server.faults > 0 && ['fault', `${plural(server.faults, 'fault')} in force`],
  ].filter(Boolean);
  host.replaceChildren(...flags.map(([kind, text]) => h('span', { class: `flag flag-${kind}` }, text)));
}

export function buildNavigation(host, panels) {
  host.replaceChildren(
    ...panels.map(({ id, title }) => h('li', {}, h('a', { href: `#${id}`, testid: `nav-${id}` }, title))),
  );
}

export function markCurrent(host, id) {
  for (const link of host.querySelectorAll('a')) {
    if (link.getAttribute('href') === `#${id}`) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
}
