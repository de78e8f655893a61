import { useState } from 'preact/hooks';
import type { DeviceDetail, Timeline, TimelineItem, Units } from '../../src/api/contract/people.js';
import { get, pathOf } from '../lib/api.js';
import { ago, duration, number, plural } from '../lib/format.js';
import { openDrawer, setQuery } from '../lib/route.js';
import { useApi } from '../lib/use-api.js';
import { Card, Chips, Empty, Facts, Trouble, When } from '../parts/bits.js';
import { Waterfall } from '../parts/waterfall.js';

const KINDS = ['session', 'view', 'event', 'trace', 'error', 'profile', 'consent', 'merge', 'problem'] as const;

/** One person: who it is, and everything that happened, on a scale of time. */
export function Person({ id, query }: { id: string; query: Readonly<Record<string, string>> }) {
  const base = `devices/${encodeURIComponent(id)}`;
  const { data, isMissing, error } = useApi<DeviceDetail>(pathOf(base, { app: query['app'], limit: 1 }));
  if (isMissing) {
    return (
      <>
        <Back />
        <Empty title={`Nobody is called "${id}"`}>
          <p>It may have been merged into another device id, or cleared.</p>
        </Empty>
      </>
    );
  }
  return (
    <>
      <Back />
      <h2 class="panel-title">{id}</h2>
      <Trouble error={error} />
      {data !== undefined && (
        <div class="columns is-wide">
          <About detail={data} />
          <Profile detail={data} />
          <HostRequests id={id} />
        </div>
      )}
      <Happened base={base} query={query} />
    </>
  );
}

function Back() {
  return (
    <p class="back">
      <a href="#people">← All people</a>
    </p>
  );
}

function About({ detail: { device } }: { detail: DeviceDetail }) {
  return (
    <Card title="Device">
      <Facts
        of={[
          ['First seen', <When at={device.first_seen} />],
          ['Last seen', ago(device.last_seen)],
          [
            'Totals',
            `${plural(device.event_count, 'event')}, ${plural(device.view_count, 'view')}, ${plural(device.session_count, 'session')}`,
          ],
          ['Time in sessions', duration(device.session_seconds * 1000)],
          ['SDK', device.sdk_name && `${device.sdk_name} ${device.sdk_version ?? ''}`],
          ['App version', device.app_version],
          ['Place', [device.city, device.country].filter(Boolean).join(', ') || device.location],
          ['Place comes from', device.location_source],
          ['Address', device.ip],
          ['App key', device.app_key],
          ['Metrics', device.metrics && <Chips of={device.metrics} limit={20} />],
          ['Health check', device.health ? <Chips of={device.health} limit={20} /> : null],
          ['Known user', device.known ? 'yes' : 'no'],
        ]}
      />
    </Card>
  );
}

function Profile({ detail: { profile, consents } }: { detail: DeviceDetail }) {
  const custom = profile === null ? {} : profile.custom;
  return (
    <Card title="Profile and consent">
      {profile === null ? (
        <p class="faint">No user details were sent.</p>
      ) : (
        <Facts
          of={[
            ...(['name', 'username', 'email', 'organization', 'phone', 'gender'] as const).map(
              (name) => [name, profile[name]] as const,
            ),
            ['born', profile.byear],
            ['custom', Object.keys(custom).length > 0 && <Chips of={custom} limit={30} />],
          ]}
        />
      )}
      {consents.length === 0 ? (
        <p class="faint">No consent was sent.</p>
      ) : (
        <p class="chips">
          {consents.map(({ feature, granted }) => (
            <span key={feature} class={granted ? 'chip is-given' : 'chip is-refused'}>
              {granted ? '✓' : '✕'} {feature}
            </span>
          ))}
        </p>
      )}
    </Card>
  );
}

function HostRequests({ id }: { id: string }) {
  const { data } = useApi<Units>(pathOf('units', { device: id, limit: 12 }));
  if (data === undefined || data.units.length === 0) return null;
  return (
    <Card
      title="Requests to the host"
      class="is-scrolling"
      aside={<span class="faint">{`${data.units.length} of ${number(data.total)}`}</span>}
    >
      <ul class="tiles">
        {data.units.map((unit) => (
          <li key={unit.id}>
            <button type="button" class="tile" onClick={() => openDrawer('unit', unit.id)} data-testid="unit-row">
              <strong>{unit.title}</strong>
              <span class="faint">
                <When at={unit.startedAt} /> · {plural(unit.entries, 'entry', 'entries')}
                {unit.errors > 0 && <span class="is-bad"> · {plural(unit.errors, 'error')}</span>}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Happened({ base, query }: { base: string; query: Readonly<Record<string, string>> }) {
  const { data, error } = useApi<Timeline>(pathOf(`${base}/timeline`, { app: query['app'], limit: 200 }));
  const [earlier, setEarlier] = useState<{ items: readonly TimelineItem[]; before: number | null } | undefined>();
  const hidden = new Set((query['without'] ?? '').split(',').filter(Boolean));
  const before = earlier === undefined ? (data?.before ?? null) : earlier.before;
  const items = [...(earlier?.items ?? []), ...(data?.items ?? [])];
  const shown = items.filter(
    (item, index) =>
      !hidden.has(item.kind) && items.findIndex((one) => one.kind === item.kind && one.id === item.id) === index,
  );
  const load = (): void => {
    if (before === null) return;
    void get<Timeline>(pathOf(`${base}/timeline`, { app: query['app'], limit: 200, before }))
      .then(
        (older) =>
          older !== undefined &&
          setEarlier({ items: [...older.items, ...(earlier?.items ?? [])], before: older.before }),
      )
      .catch(() => undefined);
  };
  const toggle = (kind: string): void => {
    if (!hidden.delete(kind)) hidden.add(kind);
    setQuery({ without: [...hidden].join(',') || undefined });
  };
  return (
    <Card
      title="What happened"
      aside={
        <fieldset class="filters">
          <legend class="hidden-visually">What is shown</legend>
          {KINDS.map((kind) => (
            <button
              type="button"
              key={kind}
              class={`toggle kind-${kind}`}
              aria-pressed={!hidden.has(kind)}
              onClick={() => toggle(kind)}
            >
              {kind}
            </button>
          ))}
        </fieldset>
      }
    >
      <Trouble error={error} />
      <Waterfall items={shown} />
      {before !== null && (
        <p class="center">
          <button type="button" onClick={load}>
            Earlier
          </button>
        </p>
      )}
    </Card>
  );
}
