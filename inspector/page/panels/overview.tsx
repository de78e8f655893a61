import type { ErrorGroups, EventKeys, ProblemGroups, TraceNames } from '../../src/api/contract/names.js';
import type { Series } from '../../src/api/contract/numbers.js';
import { pathOf } from '../lib/api.js';
import { compact, duration, plural } from '../lib/format.js';
import { hrefTo } from '../lib/route.js';
import { useApi } from '../lib/use-api.js';
import { Badge, Card, Level, Meter } from '../parts/bits.js';
import { Chart, type Series as Line } from '../parts/chart.js';
import { currentWindow, WindowPicker } from '../parts/window-picker.js';
import { StatusCards } from './overview-status.js';
import type { Panel, PanelProps } from './panel.js';

/** Is it working, and what goes on. */
export const overview: Panel = { id: 'overview', title: 'Overview', group: 'Now', View: Overview };

function Overview({ summary }: PanelProps) {
  return (
    <>
      <StatusCards summary={summary} />
      <Development />
      <div class="columns">
        <TopEvents />
        <TopProblems isRefused={(summary?.totals.rejected ?? 0) > 0} />
        <TopErrors />
        <SlowestTraces />
      </div>
    </>
  );
}

function Development() {
  const { data } = useApi<Series>(pathOf('series', { window: currentWindow() }));
  const series = data ?? { at: [], events: [], views: [], errors: [], rejected: [] };
  const rare: Line[] = [
    { label: 'Errors', values: series.errors, color: 'danger', shape: 'dots' },
    { label: 'Refused', values: series.rejected, color: 'warning', shape: 'dots' },
  ];
  return (
    <Card title="What came" aside={<WindowPicker />} class="wide">
      <Chart
        label="Events, views, errors and refused requests over time"
        times={series.at}
        series={[
          { label: 'Events', values: series.events, color: 'bar', shape: 'bars' },
          { label: 'Views', values: series.views, color: 'blue' },
          ...rare.filter(({ values }) => values.some(Boolean)),
        ]}
      />
    </Card>
  );
}

function TopEvents() {
  const { data } = useApi<EventKeys>('keys');
  const keys = data?.keys.slice(0, 8) ?? [];
  const highest = Math.max(1, ...keys.map(({ events }) => events));
  return (
    <Card title={<a href="#events">Events</a>}>
      <ul class="plain">
        {keys.map(({ key, events }) => (
          <li class="ranked" key={key}>
            <a class="line-text" href={hrefTo('events', key)} title={key}>
              {key}
            </a>
            <span class="figure">{compact(events)}</span>
            <Meter share={events / highest} />
          </li>
        ))}
      </ul>
      {data !== undefined && keys.length === 0 && <p class="faint">No events yet.</p>}
    </Card>
  );
}

function TopProblems({ isRefused }: { isRefused: boolean }) {
  const { data } = useApi<ProblemGroups>('problem-groups');
  return (
    <Card title={<a href="#problems">Problems</a>}>
      <ul class="plain">
        {data?.groups.slice(0, 6).map(({ row, level, title, occurrences }) => (
          <li class="line" key={row}>
            <Level code={level} />
            <a class="line-text" href={hrefTo('problems', String(row))} title={title}>
              {title}
            </a>
            <span class="faint">× {compact(occurrences)}</span>
          </li>
        ))}
      </ul>
      {data?.groups.length === 0 && (
        <p class="faint">{isRefused ? 'Requests were refused: see above.' : 'Nothing to complain about.'}</p>
      )}
    </Card>
  );
}

function TopErrors() {
  const { data } = useApi<ErrorGroups>('error-groups');
  return (
    <Card title={<a href="#errors">Errors</a>}>
      <ul class="plain">
        {data?.groups.slice(0, 6).map(({ group_hash: hash, name, reports, nonfatal }) => (
          <li class="line" key={hash}>
            <Badge kind={nonfatal ? 'handled' : 'fatal'}>{nonfatal ? 'handled' : 'fatal'}</Badge>
            <a class="line-text" href={hrefTo('errors', hash)} title={name}>
              {name}
            </a>
            <span class="faint">{plural(reports, 'report')}</span>
          </li>
        ))}
      </ul>
      {data?.groups.length === 0 && <p class="faint">No errors reported.</p>}
    </Card>
  );
}

function SlowestTraces() {
  const { data } = useApi<TraceNames>('trace-names');
  const slowest = [...(data?.names ?? [])].sort((one, other) => (other.p95 ?? 0) - (one.p95 ?? 0)).slice(0, 6);
  return (
    <Card title={<a href="#traces">Slowest traces</a>}>
      <ul class="plain">
        {slowest.map(({ type, name, p95 }) => (
          <li class="line" key={`${type} ${name}`}>
            <a class="line-text" href={hrefTo('traces', name)} title={name}>
              {name}
            </a>
            <span class="figure">p95 {duration(p95)}</span>
          </li>
        ))}
      </ul>
      {data?.names.length === 0 && <p class="faint">No traces yet.</p>}
    </Card>
  );
}
