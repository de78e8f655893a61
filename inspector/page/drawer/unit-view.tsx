import type { UnitDetail } from '../../src/api/contract/people.js';
import { plural } from '../lib/format.js';
import { useApi } from '../lib/use-api.js';
import { DeviceLink, Empty, Facts, Trouble, When } from '../parts/bits.js';
import { CopyButton } from '../parts/copy-button.js';
import { Waterfall } from '../parts/waterfall.js';

/** Everything that one request to the host recorded, in the order it happened. */
export function UnitView({ id }: { id: string }) {
  const { data, isMissing, error } = useApi<UnitDetail>(`units/${encodeURIComponent(id)}`);
  if (isMissing) return <Empty title="This host request is not here">It may have been cleared.</Empty>;
  if (data === undefined) return <Trouble error={error} />;
  const { unit, items } = data;
  return (
    <>
      <header class="drawer-head">
        <span class="badge">Host request</span>
        <h2>{unit.title}</h2>
      </header>
      <div class="drawer-actions">
        <CopyButton label="Copy JSON" text={() => JSON.stringify(data, null, 2)} />
      </div>
      <Facts
        of={[
          ['Began', <When at={unit.startedAt} />],
          ['Person', unit.device_id === null ? null : <DeviceLink id={unit.device_id} />],
          ['Recorded', plural(unit.entries, 'entry', 'entries')],
          ['Errors', unit.errors > 0 ? unit.errors : null],
        ]}
      />
      <section>
        <h3>What it recorded</h3>
        <Waterfall items={items} />
      </section>
    </>
  );
}
