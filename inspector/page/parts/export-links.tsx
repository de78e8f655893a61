import type { ListName } from '../../src/api/contract/lists.js';
import { pathOf } from '../lib/api.js';

const FORMATS = ['json', 'ndjson', 'csv'] as const;

/** The list with its filters, as a file. */
export function ExportLinks({
  list,
  query = {},
}: {
  list: ListName;
  query?: Readonly<Record<string, string | undefined>>;
}) {
  return (
    <span class="export">
      Export
      {FORMATS.map((format) => (
        <a key={format} href={`./api/${pathOf(`export/${list}`, { ...query, format })}`} download={`${list}.${format}`}>
          {format === 'json' ? 'JSON' : format.toUpperCase()}
        </a>
      ))}
    </span>
  );
}
