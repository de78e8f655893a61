import type { RequestDetail } from '../../src/api/contract/lists.js';

/** The request once more, from a shell. `base` is the address of the inspector. */
export function asCurl(request: RequestDetail['request'], base: string): string {
  const address = `${base}${request.path}${request.query === '' ? '' : `?${request.query}`}`;
  const lines = [`curl -X ${request.method} ${quoted(address)}`];
  if (request.content_type !== null) lines.push(`-H ${quoted(`content-type: ${request.content_type}`)}`);
  if (request.body) lines.push(`--data-raw ${quoted(request.body)}`);
  return lines.join(' \\\n  ');
}

/** What was collected is no command: within single quotes a shell takes everything as it stands but the quote itself. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
