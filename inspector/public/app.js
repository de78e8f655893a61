import { get, listen, post } from './lib/api.js';
import { decoded } from './lib/format.js';
import { showRejections } from './lib/rejections.js';
import { buildNavigation, markCurrent, showFlags, showTiles } from './lib/shell.js';
import { describeCounts, Recent, STREAM_KINDS } from './lib/stream.js';
import { devices } from './panels/devices.js';
import { errors } from './panels/errors.js';
import { events } from './panels/events.js';
import { overview } from './panels/overview.js';
import { plan } from './panels/plan.js';
import { problems } from './panels/problems.js';
import { profiles } from './panels/profiles.js';
import { requests } from './panels/requests.js';
import { sessions } from './panels/sessions.js';
import { stream } from './panels/stream.js';
import { traces } from './panels/traces.js';
import { views } from './panels/views.js';

const PANELS = [overview, stream, events, devices, views, sessions, errors, traces, profiles, plan, problems, requests];
const REFRESH_MS = 600;
const ANNOUNCE_MS = 5000;

const byId = (id) => document.getElementById(id);
const page = {
  nav: byId('nav'),
  tiles: byId('tiles'),
  flags: byId('flags'),
  rejections: byId('rejections'),
  title: byId('panel-title'),
  body: byId('panel-body'),
  status: byId('status'),
  pause: byId('pause'),
  announcer: byId('announcer'),
};

const recent = new Recent();
let current;
let paused = false;
let timer;
let busy = false;
let again = false;
let unannounced = {};

async function refresh() {
  if (busy) {
    again = true;
    return;
  }
  busy = true;
  const startedAt = performance.now();
  try {
    const summary = await get('summary');
    showTiles(page.tiles, summary);
    showFlags(page.flags, summary);
    await showRejections(page.rejections, summary);
    await current?.refresh(summary);
    setState('live');
  } catch (error) {
    setState('reconnecting');
    again = true;
    reportError(error);
  }
  busy = false;
  // A slow answer (much data) makes the next one wait longer, so that the page never keeps the inspector busy.
  if (again) schedule(Math.max(REFRESH_MS, (performance.now() - startedAt) * 4));
  again = false;
}

function schedule(ms = REFRESH_MS) {
  if (paused || timer !== undefined) return;
  timer = setTimeout(() => {
    timer = undefined;
    refresh();
  }, ms);
}

function route() {
  const [id, ...rest] = location.hash.slice(1).split('/');
  const panel = PANELS.find((candidate) => candidate.id === decoded(id)) ?? overview;
  const argument = rest.length === 0 ? undefined : decoded(rest.join('/'));
  current?.stop?.();
  page.title.textContent = panel.title;
  document.title = panel === overview ? 'Countly Inspector' : `${panel.title} · Countly Inspector`;
  current = panel.create(page.body, { recent, argument });
  markCurrent(page.nav, panel.id);
  refresh();
}

function setState(state) {
  if (paused && state === 'live') return;
  const text = { live: 'Live', reconnecting: 'Reconnecting', paused: 'Paused' }[state];
  page.status.dataset.state = state;
  page.status.textContent = text;
}

function onMessage(kind, data) {
  if (kind === 'reset') {
    recent.clear();
    refresh();
    return;
  }
  if (paused) return;
  if (kind === 'changed') {
    for (const [name, count] of Object.entries(data)) unannounced[name] = (unannounced[name] ?? 0) + count;
    schedule();
  } else if (STREAM_KINDS.includes(kind)) recent.add(kind, data);
}

function togglePause() {
  paused = !paused;
  page.pause.setAttribute('aria-pressed', String(paused));
  page.pause.textContent = paused ? 'Resume' : 'Pause';
  setState(paused ? 'paused' : 'live');
  if (!paused) recent.load().then(refresh);
}

function askReset() {
  const dialog = byId('confirm');
  dialog.returnValue = 'no';
  dialog.showModal();
  dialog.addEventListener('close', () => dialog.returnValue === 'yes' && post('reset'), { once: true });
}

// A screen reader hears a summary now and then; reading every line of a stream aloud would help nobody.
setInterval(() => {
  const text = describeCounts(unannounced);
  unannounced = {};
  if (text !== '') page.announcer.textContent = `New: ${text}`;
}, ANNOUNCE_MS);

buildNavigation(page.nav, PANELS);
page.pause.addEventListener('click', togglePause);
byId('reset').addEventListener('click', askReset);
addEventListener('hashchange', () => {
  route();
  byId('main').focus({ preventScroll: true });
});
route();
listen({
  onMessage,
  // Whatever was missed while the connection was down is read once it is back.
  onState: (state) => {
    setState(state);
    if (state === 'live') recent.load().then(() => schedule(0));
  },
});
