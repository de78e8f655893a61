import type { EntryRow, ProblemRow, RequestDetail } from '../../src/api/contract/lists.js';
import { asCurl } from '../lib/curl.js';
import { bytes, duration, plural } from '../lib/format.js';
import { decoded, hrefTo, hrefWith } from '../lib/route.js';
import { useApi } from '../lib/use-api.js';
import { Badge, DeviceLink, Empty, Facts, Level, Trouble, When } from '../parts/bits.js';
import { Code } from '../parts/code.js';
import { CopyButton } from '../parts/copy-button.js';

const MOST_ENTRIES = 100;

/** One request as it came: what was sent, what was answered, what became of it. */
export function RequestView({ id }: { id: string }) {
  const { data, isMissing, error } = useApi<RequestDetail>(`requests/${encodeURIComponent(id)}`);
  if (isMissing) return <Empty title={`No request #${id}`}>It may have been cleared.</Empty>;
  if (data === undefined) return <Trouble error={error} />;
  const { request } = data;
  return (
    <>
      <header class="drawer-head">
        <Badge kind={request.outcome}>{request.outcome}</Badge>
        <h2>
          {request.method} {request.path}
        </h2>
      </header>
      <RequestParts detail={data} />
    </>
  );
}

/** The parts of a request, also below a row that it brought. */
export function RequestParts({ detail }: { detail: RequestDetail }) {
  const { request, entries, problems } = detail;
  const base = location.href.replace(/#.*$/, '').replace(/\/$/, '');
  return (
    <>
      <div class="drawer-actions">
        <CopyButton label="Copy JSON" text={() => JSON.stringify(detail, null, 2)} />
        <CopyButton label="Copy curl" text={() => asCurl(request, base)} />
      </div>
      <Facts
        of={[
          ['Received', <When at={request.received_at} />],
          ['Status', request.status ?? 'none'],
          ['Fault', request.fault],
          ['App key', request.app_key],
          ['Sender', request.user_agent],
          ['Address', request.remote],
          ['Content type', request.content_type],
          ['Size', bytes(request.body_bytes)],
          ['Took', duration(request.duration_ms)],
          ['Brought', broughtBy(detail)],
        ]}
      />
      <Problems problems={problems} />
      <section>
        <h3>Answer</h3>
        <Code label="Answer" text={request.reply === null ? '(nothing)' : JSON.stringify(request.reply, null, 2)} />
      </section>
      <section>
        <h3>{request.body ? 'Body' : 'Query'}</h3>
        <Code label="Content" text={pretty(request.body || request.query, request.content_type)} />
      </section>
      <Entries entries={entries} />
    </>
  );
}

function broughtBy({ events, views, errors, traces }: RequestDetail): string {
  const parts: [readonly unknown[] | undefined, string][] = [
    [events, 'event'],
    [views, 'view'],
    [errors, 'error'],
    [traces, 'trace'],
  ];
  return parts.flatMap(([rows, word]) => (rows?.length ? plural(rows.length, word) : [])).join(', ');
}

function Problems({ problems }: { problems: readonly ProblemRow[] }) {
  if (problems.length === 0) return null;
  return (
    <section>
      <h3>Problems</h3>
      <ul class="plain">
        {problems.map((problem) => (
          <li key={problem.id} class="line">
            <Level code={problem.level} />
            <span class="line-text is-whole">
              <a href={hrefTo('problems', String(problem.row))}>{problem.title}</a>: {problem.message}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Entries({ entries }: { entries: readonly EntryRow[] }) {
  if (entries.length === 0) return null;
  return (
    <section>
      <h3>Entries</h3>
      <ul class="plain">
        {entries.slice(0, MOST_ENTRIES).map((entry) => (
          <li key={entry.id} class="line" data-testid="entry-row">
            <Badge kind={entry.outcome}>{entry.outcome}</Badge>
            <span class="line-text">{entry.kinds || 'nothing'}</span>
            <DeviceLink id={entry.device_id} />
            {entry.info && <span class="faint">{entry.info}</span>}
          </li>
        ))}
      </ul>
      {entries.length > MOST_ENTRIES && (
        <p class="faint">
          {MOST_ENTRIES} of {plural(entries.length, 'entry', 'entries')}.{' '}
          <a href={hrefWith({ open: undefined })}>Close</a>
        </p>
      )}
    </section>
  );
}

function pretty(text: string, type: string | null): string {
  if (type?.includes('json')) {
    try {
      return JSON.stringify(JSON.parse(text), null, 2);
    } catch {
      return text;
    }
  }
  return text.split('&').map(decoded).join('\n&');
}
