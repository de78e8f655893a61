import { get } from './api.js';
import { h } from './dom.js';
import { duration, plural } from './format.js';
import { badge, chips, deviceLink, KIND_LABELS, level, when } from './parts.js';

const KEPT = 250;
export const STREAM_KINDS = ['event', 'view', 'session', 'crash', 'trace', 'problem', 'consent', 'profile'];

/** What the page has seen lately, newest first; shared by the overview and the stream. */
export class Recent {
  #rows = [];
  #listeners = new Set();

  get rows() {
    return this.#rows;
  }

  onChange(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  add(kind, data) {
    const row = toRow(kind, data);
    if (!row) return;
    this.#rows = [row, ...this.#rows].slice(0, KEPT);
    this.#tell();
  }

  async load() {
    const lists = await Promise.all(
      ['events', 'views', 'sessions', 'errors', 'traces', 'problems'].map((name) => get(`${name}?limit=60`)),
    );
    const kinds = ['event', 'view', 'session', 'crash', 'trace', 'problem'];
    const rows = lists.flatMap((list, index) =>
      Object.values(list)[0]
        .map((data) => toRow(kinds[index], data))
        .filter(Boolean),
    );
    this.#rows = rows.sort((left, right) => right.order - left.order || right.at - left.at).slice(0, KEPT);
    this.#tell();
  }

  clear() {
    this.#rows = [];
    this.#tell();
  }

  #tell() {
    for (const listener of this.#listeners) listener();
  }
}

/** The page calls a crash what developers call it. */
const TEST_IDS = { crash: 'error' };

let sequence = 0;

function toRow(kind, raw) {
  const data = { ...raw };
  for (const name of ['segmentation', 'metrics', 'custom']) {
    if (typeof data[name] === 'string') data[name] = JSON.parse(data[name]);
  }
  // The views list tells the same story in a better way.
  if (kind === 'event' && data.key === '[CLY]_view') return undefined;
  sequence += 1;
  const at = data.timestamp ?? data.at ?? data.started_at ?? Date.now();
  return { id: `live-${sequence}`, kind, at, order: data.request_id ?? 0, data };
}

const WORDS = {
  event: ({ key, count, sum, dur, segmentation }) => ({
    title: key,
    notes: [count !== 1 && `× ${count}`, sum && `sum ${sum}`, dur && duration(dur * 1000)],
    chips: segmentation,
  }),
  view: ({ name, duration: seconds, ended, segmentation, landing }) =>
    segmentation === undefined && ended
      ? { title: name, notes: [`left after ${duration((seconds ?? 0) * 1000)}`] }
      : { title: name, notes: [landing ? 'landing' : 'visit', seconds && duration(seconds * 1000)] },
  session: ({ state, seconds, endedBy, duration: total, ended_at: endedAt, resumed, metrics }) => ({
    title: state
      ? { begin: 'Session began', resumed: 'Session resumed', extend: 'Session goes on', end: 'Session ended' }[state]
      : endedAt
        ? 'Session ended'
        : 'Session began',
    notes: [seconds && `+ ${duration(seconds * 1000)}`, total && duration(total * 1000), endedBy, resumed && 'resumed'],
    chips: state === 'begin' ? metrics : undefined,
  }),
  crash: ({ name, nonfatal, app_version: version }) => ({
    title: name,
    notes: [nonfatal ? 'handled' : 'fatal', version && `app ${version}`],
  }),
  trace: ({ name, duration: ms, response_code: code }) => ({ title: name, notes: [duration(ms), code] }),
  problem: ({ title, message, occurrences }) => ({ title, notes: [message, occurrences > 1 && `× ${occurrences}`] }),
  consent: ({ given, refused }) => ({
    title: given.length === 0 ? 'nothing agreed to' : `agreed to ${given.join(', ')}`,
    notes: refused.length === 0 ? [] : [`not to ${plural(refused.length, 'other')}`],
  }),
  profile: ({ details }) => ({ title: 'User details', chips: { ...details, ...details?.custom, custom: undefined } }),
};

/** One line of the stream. */
export function streamRow({ kind, at, data }) {
  const words = WORDS[kind](data);
  const known = Object.fromEntries(Object.entries(words.chips ?? {}).filter(([, any]) => any !== undefined));
  return h(
    'li',
    { class: `stream-row kind-${kind}`, testid: `${TEST_IDS[kind] ?? kind}-row` },
    h('span', { class: 'stream-time' }, when(at)),
    kind === 'problem' ? level(data.level, 'Contract') : badge(kind),
    h(
      'span',
      { class: 'stream-text' },
      h('strong', {}, words.title),
      words.notes?.filter(Boolean).map((note) => h('span', { class: 'note' }, String(note))),
      Object.keys(known).length > 0 && chips(known, 5),
    ),
    deviceLink(data.device_id),
  );
}

export function describeCounts(counts) {
  return STREAM_KINDS.filter((kind) => counts[kind])
    .map((kind) => plural(counts[kind], KIND_LABELS[kind].toLowerCase()))
    .join(', ');
}
