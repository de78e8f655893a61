import { get } from '../lib/api.js';
import { meter, sparkline } from '../lib/charts.js';
import { h, reconcile } from '../lib/dom.js';
import { compact, duration, number, plural } from '../lib/format.js';
import { badge, card, empty, level } from '../lib/parts.js';
import { streamRow } from '../lib/stream.js';

const SHOWN = 40;

function list(title, { href, emptyText }) {
  const items = h('ul', { class: 'plain' });
  // Not said before it is known.
  const nothing = h('p', { class: 'faint', hidden: true }, emptyText);
  const host = card(h('a', { href }, title), items, nothing);
  const update = (rows, key, create, text = emptyText) => {
    nothing.hidden = rows.length > 0;
    nothing.textContent = text;
    reconcile(items, rows, { key, create });
  };
  return { host, update };
}

/** Everything at a glance. */
export const overview = {
  id: 'overview',
  title: 'Overview',
  create(host, { recent }) {
    const activity = h('div', { class: 'activity' });
    const stream = h('ol', { class: 'stream', role: 'log', 'aria-live': 'off', 'aria-label': 'Live stream' });
    const nothing = empty('Waiting for data', 'Point your SDK at this address. What it sends appears here at once.');
    nothing.append(
      h('code', { class: 'address', testid: 'server-url' }, new URL('.', location.href).href.replace(/\/$/, '')),
    );
    const keys = list('Events', { href: '#events', emptyText: 'No events yet.' });
    const problems = list('Contract', { href: '#problems', emptyText: 'Nothing to complain about.' });
    const errors = list('Errors', { href: '#errors', emptyText: 'No errors reported.' });
    const traces = list('Traces', { href: '#traces', emptyText: 'No traces yet.' });
    host.replaceChildren(
      h(
        'div',
        { class: 'overview' },
        h(
          'div',
          { class: 'column' },
          h('section', { class: 'card' }, h('h3', {}, 'Events a minute'), activity),
          h(
            'section',
            { class: 'card grow' },
            h('h3', {}, h('a', { href: '#stream' }, 'Live stream')),
            stream,
            nothing,
          ),
        ),
        h('div', { class: 'column' }, keys.host, problems.host, errors.host, traces.host),
      ),
    );
    const showStream = () => {
      nothing.hidden = recent.rows.length > 0;
      reconcile(stream, recent.rows.slice(0, SHOWN), { key: ({ id }) => id, create: streamRow });
    };
    const stop = recent.onChange(showStream);
    showStream();
    return { stop, refresh: (summary) => refresh({ activity, keys, problems, errors, traces }, summary) };
  },
};

async function refresh({ activity, keys, problems, errors, traces }, summary) {
  const [byKey, byRule, byGroup, byTrace] = await Promise.all(
    ['keys', 'problem-groups', 'error-groups', 'trace-names'].map((path) => get(path)),
  );
  const perMinute = summary.activity.map(({ events }) => events);
  const peak = Math.max(...perMinute);
  activity.replaceChildren(
    sparkline(perMinute, `Events in each of the last 30 minutes, at most ${peak}`),
    h('p', { class: 'axis' }, h('span', {}, '30 min ago'), h('span', {}, `peak ${number(peak)}`), h('span', {}, 'now')),
  );
  const topKeys = byKey.keys.slice(0, 8);
  const highest = Math.max(...topKeys.map(({ events }) => events), 1);
  keys.update(
    topKeys,
    ({ key }) => key,
    ({ key, events }) =>
      h(
        'li',
        { class: 'ranked' },
        h('span', { class: 'ranked-name', title: key }, key),
        h('span', { class: 'ranked-number' }, compact(events)),
        meter(events / highest, `${key}: ${events}`),
      ),
  );
  problems.update(
    byRule.groups.slice(0, 5),
    ({ row }) => row,
    ({ row, level: code, title, occurrences }) =>
      h(
        'li',
        { class: 'line' },
        level(code),
        h('a', { href: `#problems/${row}`, class: 'line-text' }, title),
        h('span', { class: 'faint' }, `× ${compact(occurrences)}`),
      ),
    summary.totals.rejected > 0 ? 'Requests were refused: see above.' : undefined,
  );
  errors.update(
    byGroup.groups.slice(0, 4),
    ({ group_hash: hash }) => hash,
    ({ name, reports, nonfatal }) =>
      h(
        'li',
        { class: 'line' },
        badge(nonfatal ? 'handled' : 'fatal'),
        h('span', { class: 'line-text', title: name }, name),
        h('span', { class: 'faint' }, plural(reports, 'report')),
      ),
  );
  const slowest = [...byTrace.names].sort((left, right) => right.p95 - left.p95).slice(0, 5);
  traces.update(
    slowest,
    ({ type, name }) => `${type} ${name}`,
    ({ name, p50, p95 }) =>
      h(
        'li',
        { class: 'line' },
        h('span', { class: 'line-text', title: name }, name),
        h('span', { class: 'faint' }, `p50 ${duration(p50)}`),
        h('span', { class: 'figure' }, `p95 ${duration(p95)}`),
      ),
  );
}
