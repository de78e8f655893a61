import { signal } from '@preact/signals';
import type { LiveMessages } from '../../src/api/contract/live.js';

/** Kinds of messages of the stream that carry one record. Requests are read as a list. */
export const RECORD_KINDS = ['event', 'view', 'session', 'crash', 'trace', 'profile', 'consent', 'problem'] as const;
export type RecordKind = (typeof RECORD_KINDS)[number];

export interface LiveRecord {
  /** Unique on this page. */
  readonly id: string;
  readonly kind: RecordKind;
  readonly at: number;
  readonly data: Readonly<Record<string, unknown>>;
}

/** How the connection stands. */
export type Connection = 'connecting' | 'live' | 'reconnecting' | 'paused';

const KEPT = 1000;
/** A stream of thousands a second is shown a few times a second. */
const SHOW_MS = 200;
const PULSE_MS = 600;
/** Who only looks at another tab for a moment misses nothing. */
const HIDDEN_MS = 1000;

export const connection = signal<Connection>('connecting');
export const isPaused = signal(false);
/** Newest first. */
export const records = signal<readonly LiveRecord[]>([]);
/** Goes up, a little after something changed; who shows numbers reads them again. */
export const pulse = signal(0);
/** Goes up when a lost connection is back, and when everything was cleared: what came before has to be read anew. */
export const gaps = signal(0);
/** How many of each kind came since the page was opened. */
export const counted = signal<Readonly<Record<string, number>>>({});

let waiting: LiveRecord[] = [];
const counts: Record<string, number> = {};
let isShowing = false;
let pulseTimer: ReturnType<typeof setTimeout> | undefined;
let sequence = 0;
let hasBeenLive = false;
let currentRun: string | undefined;

/**
 * Listens to the live stream while the page is in sight: a browser has six connections for all its tabs, and the seventh tab
 * would not even load. What was missed meanwhile is read once it is back.
 */
export function listen(): void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const follow = (): void => {
    clearTimeout(timer);
    if (document.visibilityState === 'visible') source ??= connect();
    else {
      timer = setTimeout(() => {
        source?.close();
        source = undefined;
      }, HIDDEN_MS);
    }
  };
  document.addEventListener('visibilitychange', follow);
  follow();
}

/** The browser reconnects by itself. */
function connect(): EventSource {
  const source = new EventSource('./api/stream');
  source.addEventListener('open', () => {
    setConnection('live');
    if (hasBeenLive) {
      gaps.value += 1;
      beat(0);
    }
    hasBeenLive = true;
  });
  source.addEventListener('hello', (message: MessageEvent<string>) => {
    const { run } = JSON.parse(message.data) as LiveMessages['hello'];
    // Another inspector in the place of the one before: its rows have the same numbers and are others.
    if (currentRun !== undefined && run !== currentRun) forget();
    currentRun = run;
  });
  source.addEventListener('error', () => setConnection('reconnecting'));
  for (const kind of RECORD_KINDS) {
    source.addEventListener(kind, (message: MessageEvent<string>) => {
      if (!isPaused.value) take(kind, JSON.parse(message.data) as Record<string, unknown>);
    });
  }
  source.addEventListener('changed', (message: MessageEvent<string>) => {
    for (const [kind, count] of Object.entries(JSON.parse(message.data) as LiveMessages['changed'])) {
      counts[kind] = (counts[kind] ?? 0) + count;
    }
    if (!isPaused.value) {
      show();
      beat();
    }
  });
  // What a client tells of itself and of rows that are already here.
  for (const name of ['linked', 'client']) source.addEventListener(name, () => isPaused.value || beat());
  source.addEventListener('reset', forget);
  return source;
}

function forget(): void {
  waiting = [];
  records.value = [];
  gaps.value += 1;
  beat(0);
}

export function togglePause(): void {
  isPaused.value = !isPaused.value;
  connection.value = isPaused.value ? 'paused' : 'live';
  if (!isPaused.value) beat(0);
}

/** Lets everything be read again. */
export function beat(ms = PULSE_MS): void {
  if (pulseTimer !== undefined) {
    if (ms > 0) return;
    clearTimeout(pulseTimer);
  }
  pulseTimer = setTimeout(() => {
    pulseTimer = undefined;
    pulse.value += 1;
  }, ms);
}

function setConnection(state: Connection): void {
  if (!isPaused.value || state === 'reconnecting') connection.value = state;
}

function take(kind: RecordKind, data: Record<string, unknown>): void {
  sequence += 1;
  const at = Number(data['timestamp'] ?? data['at'] ?? data['started_at'] ?? data['received_at'] ?? Date.now());
  waiting.push({ id: `live-${sequence}`, kind, at, data });
  if (waiting.length > KEPT) waiting.shift();
  show();
}

function show(): void {
  if (isShowing) return;
  isShowing = true;
  setTimeout(() => {
    isShowing = false;
    counted.value = { ...counts };
    if (waiting.length === 0) return;
    records.value = [...waiting.reverse(), ...records.value].slice(0, KEPT);
    waiting = [];
  }, SHOW_MS);
}
