/** What the inspector answered when it did not do what was asked. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
}

/** Reads from the inspector; relative, so that a base path works. `undefined`: there is no such thing. */
export async function get<Answer>(path: string, signal?: AbortSignal): Promise<Answer | undefined> {
  const response = await fetch(`./api/${path}`, { headers: { accept: 'application/json' }, signal: signal ?? null });
  if (response.status === 404) return undefined;
  if (!response.ok)
    throw new ApiError(`the inspector answered ${response.status} to ${path}${await reasonOf(response)}`);
  return (await response.json()) as Answer;
}

export async function post<Answer>(path: string, body: unknown = {}): Promise<Answer> {
  return change<Answer>('POST', path, JSON.stringify(body));
}

export async function remove<Answer>(path: string): Promise<Answer> {
  return change<Answer>('DELETE', path, undefined);
}

/** A path with a query; what is empty is left out. */
export function pathOf(path: string, query: Readonly<Record<string, string | number | undefined>>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') search.set(name, String(value));
  }
  const text = search.toString();
  return text === '' ? path : `${path}?${text}`;
}

async function change<Answer>(method: string, path: string, body: string | undefined): Promise<Answer> {
  const response = await fetch(`./api/${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: body ?? null,
  });
  if (!response.ok)
    throw new ApiError((await reasonOf(response)).slice(2) || `the inspector answered ${response.status}`);
  return (await response.json()) as Answer;
}

async function reasonOf(response: Response): Promise<string> {
  try {
    const { error } = (await response.json()) as { error?: unknown };
    return typeof error === 'string' ? `: ${error}` : '';
  } catch {
    return '';
  }
}
