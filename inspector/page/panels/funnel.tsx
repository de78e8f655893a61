import type { EventKeys, ViewNames } from '../../src/api/contract/names.js';
import type { Funnel as Answer } from '../../src/api/contract/numbers.js';
import { duration, number, percent } from '../lib/format.js';
import { setQuery } from '../lib/route.js';
import { useApi } from '../lib/use-api.js';
import { Badge, Card, Empty, Trouble } from '../parts/bits.js';
import { currentWindow, WindowPicker } from '../parts/window-picker.js';
import type { Panel, PanelProps } from './panel.js';

/** How many people go from step to step, and how long it takes them. */
export const funnel: Panel = { id: 'funnel', title: 'Funnel', group: 'Collected', View: Funnel };

const MOST_STEPS = 10;
/** Between steps in the address; no key holds a line break there. */
const BETWEEN = '\n';

function Funnel({ query }: PanelProps) {
  const steps = (query['steps'] ?? '').split(BETWEEN).filter(Boolean);
  const search = steps.map((step) => `step=${encodeURIComponent(step)}`).join('&');
  const path = steps.length < 2 ? undefined : `funnel?${search}&window=${currentWindow()}`;
  const { data, error } = useApi<Answer>(path);
  const change = (next: readonly string[]): void => setQuery({ steps: next.join(BETWEEN) || undefined });
  return (
    <>
      <Card title="Steps" aside={<WindowPicker />}>
        <ol class="steps">
          {steps.map((step, index) => (
            <Step key={`${index} ${step}`} step={step} index={index} steps={steps} change={change} />
          ))}
        </ol>
        {steps.length < MOST_STEPS && <AddStep add={(step) => change([...steps, step])} />}
      </Card>
      <Trouble error={error} />
      {steps.length < 2 ? (
        <Empty title="Two steps make a funnel">
          <p>Choose views and events in the order people should come by. Other steps in between do not matter.</p>
        </Empty>
      ) : (
        data !== undefined && <Result answer={data} />
      )}
    </>
  );
}

interface StepProps {
  readonly step: string;
  readonly index: number;
  readonly steps: readonly string[];
  change(next: readonly string[]): void;
}

function Step({ step, index, steps, change }: StepProps) {
  const [kind = '', ...key] = step.split(':');
  const move = (by: number): void => {
    const next = steps.filter((_, at) => at !== index);
    next.splice(index + by, 0, step);
    change(next);
  };
  return (
    <li data-testid="funnel-step">
      <Badge kind={kind} />
      <span class="line-text">{key.join(':')}</span>
      <button
        type="button"
        class="small"
        disabled={index === 0}
        onClick={() => move(-1)}
        aria-label={`Move ${step} up`}
      >
        ↑
      </button>
      <button
        type="button"
        class="small"
        disabled={index === steps.length - 1}
        onClick={() => move(1)}
        aria-label={`Move ${step} down`}
      >
        ↓
      </button>
      <button
        type="button"
        class="small"
        onClick={() => change(steps.filter((_, at) => at !== index))}
        aria-label={`Remove ${step}`}
      >
        ×
      </button>
    </li>
  );
}

function AddStep({ add }: { add(step: string): void }) {
  const { data: keys } = useApi<EventKeys>('keys');
  const { data: names } = useApi<ViewNames>('view-names');
  return (
    <select
      aria-label="Add a step"
      data-testid="add-step"
      value=""
      onChange={(event) => {
        const { value } = event.currentTarget;
        event.currentTarget.value = '';
        if (value !== '') add(value);
      }}
    >
      <option value="">Add a step …</option>
      <optgroup label="Views">
        {names?.names.map(({ name }) => (
          <option key={name} value={`view:${name}`}>
            {name}
          </option>
        ))}
      </optgroup>
      <optgroup label="Events">
        {keys?.keys.map(({ key }) => (
          <option key={key} value={`event:${key}`}>
            {key}
          </option>
        ))}
      </optgroup>
    </select>
  );
}

function Result({ answer: { steps, measured } }: { answer: Answer }) {
  const first = steps[0]?.people ?? 0;
  return (
    <Card title="How many get there">
      <ol class="funnel">
        {steps.map(({ kind, key, people, share, p50, p95 }, index) => {
          const before = steps[index - 1]?.people;
          return (
            <li key={`${index} ${key}`} data-testid="funnel-result" data-people={people}>
              {before !== undefined && (
                <p class="funnel-between">
                  {people === before
                    ? 'everybody goes on'
                    : `${number(before - people)} leave (${percent(before - people, before)})`}
                  {p50 !== null && (
                    <span class="faint">
                      {' '}
                      · after {duration(p50)}, p95 {duration(p95)}
                    </span>
                  )}
                </p>
              )}
              <p class="funnel-step">
                <Badge kind={kind} />
                <strong class="line-text">{key}</strong>
                <span class="figure">{number(people)}</span>
                <span class="faint funnel-share">{percent(people, first)}</span>
              </p>
              <span class="funnel-bar" aria-hidden="true">
                <span style={{ width: `${Math.max(0.5, share * 100)}%` }} />
              </span>
            </li>
          );
        })}
      </ol>
      <p class="faint">
        By person, steps in this order. At most the newest {number(measured)} rows of each step are looked at.
      </p>
    </Card>
  );
}
