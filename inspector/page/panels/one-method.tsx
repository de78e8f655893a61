import type { CodeDetail, CodeMethod } from '../../src/api/contract/code.js';
import type { MadeKind } from '../../src/api/contract/common.js';
import type { Latency } from '../../src/api/contract/numbers.js';
import { pathOf } from '../lib/api.js';
import { duration, number, plural } from '../lib/format.js';
import { hrefTo } from '../lib/route.js';
import { useApi } from '../lib/use-api.js';
import { Badge, Card, Empty, Facts, Trouble } from '../parts/bits.js';
import { Calls, lastOf } from '../parts/calls.js';
import { Chart } from '../parts/chart.js';
import { Decorators } from '../parts/decorators.js';
import { SourceLink } from '../parts/source-link.js';
import { Waterfall } from '../parts/waterfall.js';
import { currentWindow, WindowPicker } from '../parts/window-picker.js';

/** A trace is named with its type, its panel without. */
const OF_TYPE = /^(?:device|network) /;
const PANELS: Readonly<Partial<Record<MadeKind, string>>> = {
  event: 'events',
  view: 'views',
  error: 'errors',
  trace: 'traces',
};

/** One woven method: where it stands, how it does, what it made. */
export function OneMethod({ id }: { id: string }) {
  const { data, isMissing, error } = useApi<CodeDetail>(`code/${encodeURIComponent(id)}`);
  return (
    <>
      <p class="back">
        <a href="#code">← All methods</a>
      </p>
      <Trouble error={error} />
      {isMissing && <Empty title="No such method" />}
      {data !== undefined && <Detail detail={data} />}
    </>
  );
}

function Detail({ detail: { method, keys, items } }: { detail: CodeDetail }) {
  const { made } = method;
  return (
    <>
      <h2 class="panel-title code-name">{method.label}</h2>
      <div class="columns is-wide">
        <Card title="Calls">
          <Facts
            of={[
              ['Source', <SourceLink of={method} />],
              ['Decorators', <Decorators of={method} />],
              ['Calls', <Calls of={method} none="never fired" earlier="none since the client found this inspector" />],
              ['Failures', method.failures > 0 ? <span class="is-bad">{number(method.failures)}</span> : 'none'],
              ['p50 / p95', method.p50 === null ? null : `${duration(method.p50)} / ${duration(method.p95)}`],
              ['Last', lastOf(method)],
            ]}
          />
        </Card>
        <Card title="What it made">
          <ul class="plain">
            {keys.map(({ kind, key, count }) => (
              <li class="line" key={`${kind} ${key}`}>
                <Badge kind={kind} />
                <Made kind={kind} name={key} method={method.id} />
                <span class="figure">{number(count)}</span>
              </li>
            ))}
          </ul>
          <p class="faint">{`${madeOf(made)}.`}</p>
        </Card>
        <Durations id={String(method.id)} label={method.label} />
      </div>
      {items.length > 0 && (
        <Card title="Newest">
          <Waterfall items={items} />
        </Card>
      )}
    </>
  );
}

/** What has a panel of its own leads there. */
function Made({ kind, name, method }: { kind: MadeKind; name: string; method: number }) {
  const panel = PANELS[kind];
  if (panel === undefined && kind !== 'session') return <span class="line-text">{name}</span>;
  const href =
    panel === undefined
      ? hrefTo('sessions', undefined, { method: String(method) })
      : hrefTo(panel, kind === 'trace' ? name.replace(OF_TYPE, '') : name);
  return (
    <a class="line-text" href={href}>
      {name}
    </a>
  );
}

function madeOf({ events, views, errors, traces, sessions, profiles, consents, merges }: CodeMethod['made']): string {
  const always = [plural(events, 'event'), plural(views, 'view'), plural(errors, 'error'), plural(traces, 'trace')];
  const others = [
    sessions > 0 && plural(sessions, 'session'),
    profiles > 0 && plural(profiles, 'change of user details', 'changes of user details'),
    consents > 0 && plural(consents, 'change of consent', 'changes of consent'),
    merges > 0 && plural(merges, 'merge'),
  ];
  return [...always, ...others.filter((text) => text !== false)].join(', ');
}

function Durations({ id, label }: { id: string; label: string }) {
  const { data } = useApi<Latency>(pathOf('latency', { of: 'methods', window: currentWindow() }));
  const found = data?.names.find((name) => name.id === id);
  return (
    <Card title="Over time" aside={<WindowPicker />}>
      {data === undefined || found === undefined ? (
        <p class="faint">No calls in this window.</p>
      ) : (
        <Chart
          label={`Duration of ${label} over time`}
          times={data.at}
          series={[
            { label: 'p95', values: found.series.map((slot) => slot?.p95 ?? null), color: 'warning' },
            { label: 'p50', values: found.series.map((slot) => slot?.p50 ?? null), color: 'bar' },
          ]}
          format={duration}
        />
      )}
    </Card>
  );
}
