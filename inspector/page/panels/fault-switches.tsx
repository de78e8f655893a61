import { useState } from 'preact/hooks';
import type { Fault, FaultKind, Faults } from '../../src/api/contract/settings.js';
import { post, remove } from '../lib/api.js';
import { plural } from '../lib/format.js';
import { beat } from '../lib/live.js';
import { useApi } from '../lib/use-api.js';
import { Badge, Card, Trouble } from '../parts/bits.js';

/** A fault to switch on, and what a countly-weave client does about it. */
interface Switch {
  readonly title: string;
  readonly fault: Fault;
  readonly effect: string;
}

const SWITCHES: readonly Switch[] = [
  {
    title: '503',
    fault: { kind: 'status', status: 503 },
    effect: 'Waits with growing pauses and sends the same bytes again.',
  },
  {
    title: '429, 5 s',
    fault: { kind: 'status', status: 429, retryAfter: 5 },
    effect: 'Waits as long as Retry-After says, at least.',
  },
  {
    title: '400',
    fault: { kind: 'status', status: 400 },
    effect: 'Finds the entry that is refused, puts it aside, delivers the others.',
  },
  { title: 'Checksum', fault: { kind: 'checksum' }, effect: 'Takes the 200 for the refusal it is.' },
  { title: 'Login page', fault: { kind: 'html' }, effect: 'Sees that no Countly server answered, and waits.' },
  { title: 'Slow, 2 s', fault: { kind: 'slow', delayMs: 2000 }, effect: 'Waits; the host notices nothing.' },
  { title: 'No answer', fault: { kind: 'hang' }, effect: 'Gives up after its time-out and tries again later.' },
  {
    title: 'No answer, stored',
    fault: { kind: 'hang-after-store' },
    effect: 'Sends the same bytes again; the server knows them and counts once.',
  },
  { title: 'Cut', fault: { kind: 'cut' }, effect: 'Sends again: half an answer proves nothing.' },
  { title: 'Refused', fault: { kind: 'refuse' }, effect: 'Keeps everything in the journal until the server is back.' },
];

const COUNTS = ['1', '5', ''] as const;

/** Switches for what goes wrong with real servers. */
export function FaultSwitches() {
  const { data, error, reload } = useApi<Faults>('faults');
  const [count, setCount] = useState<(typeof COUNTS)[number]>('1');
  const [problem, setProblem] = useState<string | undefined>();
  const done = (work: Promise<unknown>): void => {
    work
      .then(
        () => setProblem(undefined),
        (failed: Error) => setProblem(failed.message),
      )
      .finally(() => {
        reload();
        beat(0);
      });
  };
  const faults = data?.faults ?? [];
  return (
    <Card title="Let it fail" class="is-tall" testid="faults">
      <fieldset class="choices">
        <legend>For the next</legend>
        {COUNTS.map((n) => (
          <button type="button" key={n} aria-pressed={n === count} onClick={() => setCount(n)}>
            {n === '' ? 'all, until cleared' : plural(Number(n), 'request')}
          </button>
        ))}
      </fieldset>
      <ul class="switches">
        {SWITCHES.map(({ title, fault, effect }) => (
          <li key={title}>
            <button
              type="button"
              data-testid={`fault-${fault.kind}`}
              onClick={() => done(post('faults', count === '' ? fault : { ...fault, count: Number(count) }))}
            >
              {title}
            </button>
            <span class="faint">{effect}</span>
          </li>
        ))}
      </ul>
      <Trouble error={problem ?? error} />
      <h4>In force</h4>
      {faults.length === 0 && <p class="faint">None: requests are answered as a server would.</p>}
      <ul class="plain">
        {faults.map((fault) => (
          <li class="line" key={fault.id} data-testid="fault-row">
            <Badge kind="fault">{nameOf(fault.kind, fault.status)}</Badge>
            <span class="line-text">
              {fault.count === undefined
                ? 'until cleared'
                : `${plural(Math.max(0, fault.count - fault.hits), 'request')} to go`}
              , {plural(fault.hits, 'hit')}
            </span>
            <button type="button" class="small" onClick={() => done(remove(`faults/${fault.id}`))}>
              Clear
            </button>
          </li>
        ))}
      </ul>
      {faults.length > 1 && (
        <button type="button" class="small" onClick={() => done(remove('faults'))}>
          Clear all
        </button>
      )}
    </Card>
  );
}

function nameOf(kind: FaultKind, status: number | undefined): string {
  return kind === 'status' ? String(status ?? kind) : kind;
}
