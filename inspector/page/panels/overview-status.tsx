import type { OfferedClient, Status, Summary } from '../../src/api/contract/status.js';
import { ago, number, plural } from '../lib/format.js';
import { openDrawer } from '../lib/route.js';
import { useApi } from '../lib/use-api.js';
import { Badge, Card, Facts, When } from '../parts/bits.js';
import { Snippets } from '../parts/snippets.js';

const WORDS: Readonly<Record<Status['state'], readonly [title: string, kind: string]>> = {
  empty: ['Waiting for the first request', 'waiting'],
  good: ['It works', 'good'],
  partly: ['Some requests were refused', 'partly'],
  refused: ['Requests are refused', 'refused'],
};

/** The first card: whether anything comes, from whom, and what they say of it themselves. */
export function StatusCards({ summary }: { summary: Summary | undefined }) {
  const { data: status } = useApi<Status>('status');
  if (status === undefined) return <div class="card status-card" />;
  return (
    <div class="columns is-wide">
      <StatusCard status={status} summary={summary} />
      {status.state === 'empty' ? null : <Ledgers status={status} />}
    </div>
  );
}

function StatusCard({ status, summary }: { status: Status; summary: Summary | undefined }) {
  const [title, kind] = WORDS[status.state];
  const last = status.lastRequest;
  const url = summary?.server.url ?? location.origin;
  return (
    <section class={`card status-card is-${kind}`} data-testid="status" data-state={status.state}>
      <p class="status-title">
        <span class="beacon" aria-hidden="true" />
        {title}
      </p>
      {last === null ? (
        <>
          <p>
            Point your SDK at <code data-testid="server-url">{url}</code>. What it sends appears here at once.
          </p>
          <Snippets url={url} appKey={summary?.server.appKey ?? null} />
        </>
      ) : (
        <Facts
          of={[
            [
              'Last request',
              <>
                <button type="button" class="link" onClick={() => openDrawer('request', last.id)}>
                  {last.target}
                </button>{' '}
                {ago(last.at)} · {last.status ?? 'no status'} <Badge kind={last.outcome}>{last.outcome}</Badge>
              </>,
            ],
            [
              'Accepted',
              <a href="#requests">{`${number(status.accepted)} of ${plural(status.requests, 'request')}`}</a>,
            ],
            [
              'Refused',
              status.rejected === 0 ? 'none' : <a href="#requests?outcome=rejected">{number(status.rejected)}</a>,
            ],
            ['Senders', <Senders status={status} />],
            [
              'App keys',
              status.appKeys
                .slice(0, 4)
                .map(({ app_key: key }) => key ?? 'none')
                .join(', '),
            ],
            ['Address', <code data-testid="server-url">{url}</code>],
          ]}
        />
      )}
    </section>
  );
}

function Senders({ status: { senders } }: { status: Status }) {
  return (
    <>
      {senders.slice(0, 3).map((sender) => (
        <span
          class="sender"
          key={JSON.stringify([sender.user_agent, sender.remote, sender.sdk_name, sender.sdk_version])}
        >
          {sender.sdk_name === null
            ? (sender.user_agent ?? 'unknown')
            : `${sender.sdk_name} ${sender.sdk_version ?? ''}`}{' '}
          <span class="faint">
            {plural(sender.requests, 'request')}, <When at={sender.last} />
          </span>
        </span>
      ))}
      {senders.length > 3 && <span class="faint">and {senders.length - 3} more</span>}
    </>
  );
}

/** What the clients count, beside what came here. */
function Ledgers({ status }: { status: Status }) {
  if (status.clients.length === 0) {
    return (
      <Card title="The client's own count">
        <p class="faint">
          A countly-weave client on this machine recognises this inspector and tells what it accepted, delivered and
          still holds. None has done so yet; other SDKs do not.
        </p>
      </Card>
    );
  }
  return (
    <Card title="The client's own count" testid="ledgers">
      <div class="frame">
        <table>
          <thead>
            <tr>
              <th scope="col">Client</th>
              <th scope="col" class="number">
                Accepted
              </th>
              <th scope="col" class="number">
                Delivered
              </th>
              <th scope="col" class="number">
                Pending
              </th>
              <th scope="col" class="number">
                Dropped
              </th>
            </tr>
          </thead>
          <tbody>
            {status.clients.slice(0, 8).map((client) => (
              <Ledger key={client.id} client={client} />
            ))}
          </tbody>
        </table>
      </div>
      <Dropped clients={status.clients} />
      <p class="faint">
        {number(status.accepted)} requests arrived whole; an entry is an event, view, error, trace, session or change of
        the person.
      </p>
    </Card>
  );
}

/** Why clients dropped what they dropped, over all of them. */
function Dropped({ clients }: { clients: readonly OfferedClient[] }) {
  const sums = new Map<string, number>();
  for (const { ledger } of clients) {
    for (const [reason, count] of Object.entries(ledger.dropped)) sums.set(reason, (sums.get(reason) ?? 0) + count);
  }
  const reasons = [...sums].filter(([, count]) => count > 0);
  if (reasons.length === 0) return null;
  return <p>Dropped: {reasons.map(([reason, count]) => `${reason} ${number(count)}`).join(', ')}</p>;
}

function Ledger({ client }: { client: OfferedClient }) {
  const { ledger } = client;
  const sum = Object.values(ledger.dropped).reduce((total, count) => total + count, 0);
  return (
    <tr data-testid="ledger-row">
      <td title={`${client.hostname}, process ${client.pid}, ${client.version}`}>
        {client.name} <span class="faint">{client.closed ? 'closed' : `pid ${client.pid}`}</span>
      </td>
      <td class="number">{number(ledger.accepted)}</td>
      <td class="number">{number(ledger.delivered)}</td>
      <td class="number">{number(ledger.pending)}</td>
      <td class="number">{sum === 0 ? '0' : <span class="is-bad">{number(sum)}</span>}</td>
    </tr>
  );
}
