import { get } from '../lib/api.js';
import { h } from '../lib/dom.js';
import { bytes, decoded, duration, number } from '../lib/format.js';
import { badge, card, deviceLink, empty, facts, level, table, when } from '../lib/parts.js';

/** Every HTTP request, and one with its body. */
export const requests = {
  id: 'requests',
  title: 'Requests',
  create(host, { argument }) {
    return argument === undefined ? createList(host) : createOne(host, argument);
  },
};

function createList(host) {
  const rows = table(
    'Requests',
    [
      { title: 'Request', cell: ({ id }) => h('a', { href: `#requests/${id}` }, `#${id}`) },
      { title: 'Time', cell: ({ received_at: at }) => when(at) },
      { title: 'Path', cell: ({ method, path }) => h('code', {}, `${method} ${path}`) },
      { title: 'Outcome', cell: ({ outcome }) => badge(outcome) },
      { title: 'Fault', cell: ({ fault }) => (fault ? badge('fault', fault) : '') },
      { title: 'Status', class: 'num', cell: ({ status }) => status ?? 'none' },
      { title: 'Entries', class: 'num', cell: ({ entry_count: n }) => number(n) },
      { title: 'Events', class: 'num', cell: ({ event_count: n }) => number(n) },
      { title: 'Size', class: 'num', cell: ({ body_bytes: n }) => bytes(n) },
      { title: 'Took', class: 'num', cell: ({ duration_ms: ms }) => duration(ms) },
    ],
    { key: ({ id }) => id, testid: 'request-row', emptyText: 'No requests yet' },
  );
  host.replaceChildren(h('section', { class: 'card' }, rows.host));
  return { refresh: () => load(rows) };
}

function createOne(host, id) {
  return {
    async refresh() {
      const found = await get(`requests/${encodeURIComponent(id)}`);
      const back = h('p', {}, h('a', { href: '#requests' }, '← All requests'));
      if (!found) {
        host.replaceChildren(back, empty(`No request #${id}`));
        return;
      }
      const { request, problems, entries } = found;
      host.replaceChildren(back, about(request), ...wrong(problems), body(request), taken(entries));
    },
  };
}

function about(request) {
  return card(
    `${request.method} ${request.path}`,
    facts([
      ['Received', when(request.received_at)],
      ['Outcome', badge(request.outcome)],
      ['Answer', request.reply && JSON.stringify(request.reply)],
      ['Status', request.status ?? 'none'],
      ['Fault', request.fault],
      ['Content type', request.content_type],
      ['Sender', request.user_agent],
      ['Size', bytes(request.body_bytes)],
      ['Took', duration(request.duration_ms)],
    ]),
  );
}

function wrong(problems) {
  if (problems.length === 0) return [];
  const lines = problems.map((problem) =>
    h(
      'li',
      { class: 'line' },
      level(problem.level),
      h('a', { href: `#problems/${problem.row}`, class: 'line-text' }, `${problem.title}: ${problem.message}`),
    ),
  );
  return [card('Contract', h('ul', { class: 'plain' }, lines))];
}

function body(request) {
  const text = request.body ?? decoded(request.query);
  return card(
    request.body ? 'Body' : 'Query',
    h('pre', { class: 'trace', tabindex: '0', 'aria-label': 'Content' }, pretty(text, request.content_type)),
  );
}

function pretty(text, type) {
  if (type?.includes('json')) {
    try {
      return JSON.stringify(JSON.parse(text), null, 2).slice(0, 60_000);
    } catch {
      return text;
    }
  }
  return text.replaceAll('&', '\n&').slice(0, 60_000);
}

function taken(entries) {
  const rows = table(
    'Entries',
    [
      { title: 'Place', class: 'num', cell: ({ position }) => number(position) },
      { title: 'Device', cell: ({ device_id: id }) => deviceLink(id) },
      { title: 'Carries', cell: ({ kinds }) => kinds || '–' },
      { title: 'Outcome', cell: ({ outcome }) => badge(outcome) },
      { title: 'Note', cell: ({ info }) => info ?? '' },
    ],
    { key: ({ id }) => id, testid: 'entry-row', emptyText: 'No entries were taken from this request' },
  );
  rows.update(entries);
  return card('Entries', rows.host);
}

async function load(rows) {
  const { requests: list, total } = await get('requests?limit=150');
  rows.update(list, total);
}
