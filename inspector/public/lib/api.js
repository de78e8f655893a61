/** Reads from the inspector; relative, so that a base path works. */
export async function get(path) {
  const response = await fetch(`./api/${path}`, { headers: { accept: 'application/json' } });
  if (response.status === 404) return undefined;
  if (!response.ok) throw new Error(`the inspector answered ${response.status} to ${path}`);
  return response.json();
}

export async function post(path, body = {}) {
  const response = await fetch(`./api/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error((await response.json()).error);
  return response.json();
}

const KINDS = [
  'request',
  'event',
  'view',
  'session',
  'crash',
  'trace',
  'profile',
  'consent',
  'problem',
  'changed',
  'reset',
];

/** Listens to the live stream. The browser reconnects by itself; `onState` says how it stands. */
export function listen({ onMessage, onState }) {
  const source = new EventSource('./api/stream');
  source.addEventListener('open', () => onState('live'));
  source.addEventListener('error', () => onState('reconnecting'));
  for (const kind of KINDS) {
    source.addEventListener(kind, (message) => onMessage(kind, JSON.parse(message.data)));
  }
  return source;
}
