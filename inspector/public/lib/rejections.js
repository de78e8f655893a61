import { get } from './api.js';
import { h, reconcile } from './dom.js';
import { number, plural } from './format.js';
import { when } from './parts.js';

const SHOWN = 5;

/** What was refused, on every panel: as long as something is, all other numbers say little. */
export async function showRejections(host, { totals }) {
  host.hidden = totals.rejected === 0;
  if (host.hidden) {
    host.replaceChildren();
    return;
  }
  const { rejected, requests, groups } = await get('rejections');
  const items = [{ head: true, rejected, requests }, ...groups.slice(0, SHOWN)];
  if (groups.length > SHOWN) items.push({ more: groups.length - SHOWN });
  reconcile(host, items, { key: keyOf, create: rowOf });
}

function keyOf({ head, more, target, status, answer, app_key: key }) {
  return head ? 'head' : more ? 'more' : JSON.stringify([target, status, answer, key]);
}

function rowOf(item) {
  if (item.head) {
    const text = `${number(item.rejected)} of ${plural(item.requests, 'request')} refused, in whole or in part`;
    return h('p', { class: 'rejections-head', testid: 'rejected-count', 'data-value': item.rejected }, text);
  }
  if (item.more) return h('p', { class: 'faint' }, `and ${plural(item.more, 'more kind')}; see Requests`);
  return h(
    'p',
    { class: 'rejection', testid: 'rejection-row' },
    h('strong', {}, `${number(item.count)} × ${item.status ?? 'no status'} ${item.answer ?? ''}`),
    h('span', {}, item.target),
    h('span', {}, item.app_key === null ? 'no app key' : `app key "${item.app_key}"`),
    h('span', { class: 'faint' }, 'last ', when(item.last)),
    h('a', { href: `#requests/${item.request_id}` }, `#${item.request_id}`),
    h('span', { class: 'rejection-remedy' }, item.remedy),
  );
}
