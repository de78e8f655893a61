import { get } from '../lib/api.js';
import { h, reconcile } from '../lib/dom.js';
import { ago, duration, number, plural } from '../lib/format.js';
import { badge, card, chips, deviceLink, empty, facts, level, table, when } from '../lib/parts.js';

/** All devices, or one with everything it did. */
export const devices = {
  id: 'devices',
  title: 'Devices',
  create(host, { argument }) {
    return argument === undefined ? createList(host) : createOne(host, argument);
  },
};

function createList(host) {
  const rows = table(
    'Devices',
    [
      { title: 'Device id', cell: ({ device_id: id }) => deviceLink(id) },
      { title: 'Last seen', cell: ({ last_seen: at }) => when(at) },
      { title: 'Events', class: 'num', cell: ({ event_count: n }) => number(n) },
      { title: 'Views', class: 'num', cell: ({ view_count: n }) => number(n) },
      { title: 'Sessions', class: 'num', cell: ({ session_count: n }) => number(n) },
      { title: 'Errors', class: 'num', cell: ({ crash_count: n }) => number(n) },
      { title: 'Traces', class: 'num', cell: ({ trace_count: n }) => number(n) },
      { title: 'SDK', cell: ({ sdk_name: name, sdk_version: version }) => (name ? `${name} ${version}` : '–') },
      { title: 'App', cell: ({ app_version: version }) => version ?? '–' },
      { title: 'Counted', cell: ({ counted }) => (counted ? 'yes' : badge('ignored', 'asked for settings only')) },
    ],
    {
      key: ({ id }) => id,
      testid: 'device-row',
      emptyText: 'No devices yet',
      emptyHint: 'Every device id that sends something gets a row and a timeline.',
    },
  );
  host.replaceChildren(h('section', { class: 'card' }, rows.host));
  return { refresh: () => load(rows) };
}

function createOne(host, id) {
  const head = h('div', { class: 'device-head' });
  const timeline = h('ol', { class: 'timeline', 'aria-label': `Timeline of ${id}` });
  const back = h('p', {}, h('a', { href: '#devices' }, '← All devices'));
  host.replaceChildren(back, head, h('section', { class: 'card' }, h('h3', {}, 'Timeline'), timeline));
  return {
    async refresh() {
      const found = await get(`devices/${encodeURIComponent(id)}`);
      if (!found) {
        head.replaceChildren(empty(`No device "${id}"`, 'It may have been merged into another one or cleared.'));
        timeline.replaceChildren();
        return;
      }
      head.replaceChildren(aboutDevice(found.device), aboutPerson(found));
      reconcile(timeline, found.timeline, {
        key: ({ kind, data }) => `${kind}-${data.id}`,
        create: timelineRow,
      });
    },
  };
}

function aboutDevice(device) {
  return card(
    h('span', { class: 'device-title' }, device.device_id),
    facts([
      ['First seen', when(device.first_seen)],
      ['Last seen', `${ago(device.last_seen)}`],
      [
        'Totals',
        `${plural(device.event_count, 'event')}, ${plural(device.view_count, 'view')}, ${plural(device.session_count, 'session')}`,
      ],
      ['Time in sessions', duration(device.session_seconds * 1000)],
      ['SDK', device.sdk_name && `${device.sdk_name} ${device.sdk_version}`],
      ['App version', device.app_version],
      ['Place', [device.city, device.country].filter(Boolean).join(', ') || device.location],
      ['Place comes from', device.location_source],
      ['Address', device.ip],
      ['App key', device.app_key],
      ['Metrics', device.metrics && chips(device.metrics, 20)],
      ['Health check', device.health && chips(device.health, 20)],
      ['Known user', device.known ? 'yes' : 'no'],
    ]),
  );
}

function aboutPerson({ profile, consents }) {
  const consent = consents.map(({ feature, granted }) =>
    h('span', { class: `chip ${granted ? 'yes' : 'no'}` }, `${granted ? '✓' : '✕'} ${feature}`),
  );
  return card(
    'Profile and consent',
    profile
      ? facts([
          ...['name', 'username', 'email', 'organization', 'phone', 'gender', 'byear'].map((name) => [
            name,
            profile[name],
          ]),
          ['custom', Object.keys(profile.custom).length > 0 && chips(profile.custom, 30)],
        ])
      : h('p', { class: 'faint' }, 'No user details were sent.'),
    consent.length > 0 ? h('p', { class: 'chips' }, consent) : h('p', { class: 'faint' }, 'No consent was sent.'),
  );
}

function timelineRow({ kind, at, label, data }) {
  const notes = {
    event: () => [
      data.dur && duration(data.dur * 1000),
      data.count !== 1 && `× ${data.count}`,
      data.cvid && `in view ${data.cvid}`,
    ],
    view: () => [data.duration !== null && duration(data.duration * 1000), !data.visit && 'seconds without a visit'],
    session: () => [duration(data.duration * 1000), data.ended_at ? `ended by ${data.ended_by}` : 'running'],
    crash: () => [data.nonfatal ? 'handled' : 'fatal'],
    trace: () => [duration(data.duration), data.response_code],
    consent: () => [data.granted ? 'given' : 'not given'],
    merge: () => ['merged into this device'],
    problem: () => [data.message],
  }[kind]();
  return h(
    'li',
    { class: `timeline-row kind-${kind}`, testid: 'timeline-row' },
    h('span', { class: 'stream-time' }, when(at)),
    kind === 'problem' ? level(data.level, 'Contract') : badge(kind),
    h(
      'span',
      { class: 'stream-text' },
      h('strong', {}, kind === 'session' ? 'Session' : label),
      notes.filter(Boolean).map((note) => h('span', { class: 'note' }, String(note))),
      kind === 'event' && data.segmentation && chips(data.segmentation, 6),
    ),
  );
}

async function load(rows) {
  const { devices: list, total } = await get('devices?limit=200');
  rows.update(list, total);
}
