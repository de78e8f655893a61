import type { Plan, PlanFindings } from '../../src/api/contract/names.js';
import { number, plural } from '../lib/format.js';
import { hrefTo } from '../lib/route.js';
import { useApi } from '../lib/use-api.js';
import { Badge, Card, Empty, Meter, Trouble } from '../parts/bits.js';
import { Code } from '../parts/code.js';
import { Table } from '../parts/table.js';
import type { Panel } from './panel.js';

/** What came, compared with the tracking plan. */
export const plan: Panel = { id: 'plan', title: 'Plan', group: 'Check', View: PlanPanel };

const PANELS = { event: 'events', view: 'views', trace: 'traces' } as const;

function PlanPanel() {
  const { data, error } = useApi<Plan>('plan');
  if (data === undefined) return <Trouble error={error} />;
  if (!data.plan) {
    return (
      <Empty title="No plan was given">
        <p>A tracking plan says which events there are and what they carry. It is read from the decorators:</p>
        <Code
          label="How to make a plan"
          text={
            'npx countly-weave plan --load dist/app.module.js --out tracking-plan.json\nnpx countly-inspector --plan tracking-plan.json'
          }
        />
      </Empty>
    );
  }
  return (
    <>
      <Verdict plan={data} />
      <Came plan={data} />
      <Unseen plan={data} />
    </>
  );
}

function Verdict({ plan: { good, bad, keys, unseen } }: { plan: PlanFindings }) {
  const seen = keys.filter((key) => key.bad === 0).length;
  return (
    <Card title={bad === 0 ? 'Everything that came is in the plan' : `${plural(bad, 'record')} not as planned`}>
      <p>
        {number(good)} as planned, {bad > 0 ? <span class="is-bad">{number(bad)} not</span> : 'none otherwise'};{' '}
        {plural(seen, 'key')} right, {plural(unseen.length, 'key')} never seen.
      </p>
      <Meter share={good / Math.max(1, good + bad)} kind={bad === 0 ? 'accent' : 'danger'} />
    </Card>
  );
}

function Came({ plan: { keys } }: { plan: PlanFindings }) {
  return (
    <Card title="What came" class="is-half">
      <Table
        caption="What came"
        name="plan"
        rows={keys}
        keyOf={({ kind, key }) => `${kind} ${key}`}
        columns={[
          { title: 'Kind', width: '88px', cell: ({ kind }) => <Badge kind={kind} /> },
          { title: 'Key', cell: ({ kind, key }) => <a href={hrefTo(PANELS[kind], key)}>{key}</a> },
          { title: 'Good', width: '76px', isNumber: true, cell: ({ good }) => number(good) },
          {
            title: 'Bad',
            width: '76px',
            isNumber: true,
            cell: ({ bad }) => (bad > 0 ? <Badge kind="fatal">{number(bad)}</Badge> : '–'),
          },
          {
            title: 'What is wrong',
            width: '42%',
            leaveOut: 2,
            cell: ({ problems }) => {
              const text = problems.map(({ problem, count }) => `${problem} (${number(count)})`).join(', ');
              return <span title={text}>{text}</span>;
            },
          },
        ]}
        empty={
          <Empty title="Nothing came yet">
            <p>Every event, view and trace is compared with the plan.</p>
          </Empty>
        }
      />
    </Card>
  );
}

function Unseen({ plan: { unseen } }: { plan: PlanFindings }) {
  return (
    <Card title="Never seen" class="is-half">
      <Table
        caption="Never seen"
        name="unseen"
        rows={unseen}
        keyOf={({ kind, key }) => `${kind} ${key}`}
        columns={[
          { title: 'Kind', width: '88px', cell: ({ kind }) => <Badge kind={kind} /> },
          { title: 'Key', width: '34%', cell: ({ key }) => key },
          { title: 'About', cell: ({ description }) => <span title={description}>{description ?? ''}</span> },
          { title: 'Owner', width: '16%', leaveOut: 2, cell: ({ owner }) => owner ?? '' },
        ]}
        empty={<Empty title="Everything in the plan came" />}
      />
    </Card>
  );
}
