import { h, reconcile } from '../lib/dom.js';
import { empty, KIND_LABELS } from '../lib/parts.js';
import { STREAM_KINDS, streamRow } from '../lib/stream.js';

/** Everything as it comes in, with a filter. */
export const stream = {
  id: 'stream',
  title: 'Live stream',
  create(host, { recent }) {
    const rows = h('ol', { class: 'stream', role: 'log', 'aria-live': 'off', 'aria-label': 'Live stream' });
    const nothing = empty('Nothing here', 'Nothing has come in yet, or nothing matches the filter.');
    const text = h('input', { type: 'search', id: 'stream-filter', placeholder: 'key, device, segment…' });
    const hidden = new Set();
    const show = () => {
      const wanted = text.value.trim().toLowerCase();
      const shown = recent.rows.filter(
        ({ kind, data }) => !hidden.has(kind) && (wanted === '' || JSON.stringify(data).toLowerCase().includes(wanted)),
      );
      nothing.hidden = shown.length > 0;
      reconcile(rows, shown, { key: ({ id }) => id, create: streamRow });
    };
    const toggles = STREAM_KINDS.map((kind) => {
      const button = h(
        'button',
        { type: 'button', class: `toggle badge-${kind}`, 'aria-pressed': 'true' },
        KIND_LABELS[kind],
      );
      button.addEventListener('click', () => {
        const off = !hidden.delete(kind);
        if (off) hidden.add(kind);
        button.setAttribute('aria-pressed', String(!off));
        show();
      });
      return button;
    });
    text.addEventListener('input', show);
    host.replaceChildren(
      h(
        'div',
        { class: 'toolbar' },
        h('label', { for: 'stream-filter', class: 'visually-hidden' }, 'Filter the stream'),
        text,
        h('div', { class: 'toggles', role: 'group', 'aria-label': 'Kinds shown' }, toggles),
      ),
      h('section', { class: 'card' }, rows, nothing),
    );
    const stop = recent.onChange(show);
    show();
    return { stop, refresh: async () => undefined };
  },
};
