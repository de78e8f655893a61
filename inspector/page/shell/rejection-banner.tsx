import type { RejectionGroup, Rejections } from '../../src/api/contract/status.js';
import { number, plural } from '../lib/format.js';
import { openDrawer } from '../lib/route.js';
import { useApi } from '../lib/use-api.js';
import { When } from '../parts/bits.js';

const SHOWN = 3;

/** What was refused, on every panel: as long as something is, all other numbers say little. */
export function RejectionBanner({ rejected }: { rejected: number }) {
  const { data } = useApi<Rejections>(rejected > 0 ? 'rejections' : undefined);
  if (rejected === 0 || data === undefined) return null;
  const rest = data.groups.length - SHOWN;
  return (
    <section class="banner" role="alert" data-testid="rejections">
      <p class="banner-head" data-testid="rejected-count" data-value={data.rejected}>
        {number(data.rejected)} of {plural(data.requests, 'request')} refused, in whole or in part
      </p>
      <ul>
        {data.groups.slice(0, SHOWN).map((group) => (
          <Reason key={JSON.stringify([group.target, group.status, group.answer, group.app_key])} group={group} />
        ))}
      </ul>
      {rest > 0 && (
        <p>
          and {plural(rest, 'more kind')}: <a href="#requests?outcome=rejected">all refused requests</a>
        </p>
      )}
    </section>
  );
}

function Reason({ group }: { group: RejectionGroup }) {
  return (
    <li class="rejection" data-testid="rejection-row">
      <p class="rejection-line">
        <strong>
          {number(group.count)} × {group.status ?? 'no status'} {group.answer ?? ''}
        </strong>
        <code>{group.target}</code>
        <span>{group.app_key === null ? 'no app key' : `app key "${group.app_key}"`}</span>
        <span>
          last <When at={group.last} />
        </span>
        <button type="button" class="link" onClick={() => openDrawer('request', group.request_id)}>
          request #{group.request_id}
        </button>
      </p>
      <p class="rejection-remedy">{group.remedy}</p>
    </li>
  );
}
