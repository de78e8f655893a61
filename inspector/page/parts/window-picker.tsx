import type { Window } from '../../src/api/contract/common.js';
import { place, setQuery } from '../lib/route.js';

const DEFAULT: Window = '5m';
const CHOICES: readonly (readonly [Window, string])[] = [
  ['1m', '1 min'],
  ['5m', '5 min'],
  ['30m', '30 min'],
  ['all', 'All'],
];

/** How far back charts look, as the address says. */
export function currentWindow(): Window {
  const asked = place.value.query['window'];
  return CHOICES.find(([id]) => id === asked)?.[0] ?? DEFAULT;
}

export function WindowPicker() {
  return <Choices label="How far back" name="window" choices={CHOICES} current={currentWindow()} fallback={DEFAULT} />;
}

export interface ChoicesProps {
  readonly label: string;
  /** The filter in the address. */
  readonly name: string;
  readonly choices: readonly (readonly [id: string, title: string])[];
  readonly current: string;
  /** Not written into the address. */
  readonly fallback: string;
}

/** One of a few, kept in the address. */
export function Choices({ label, name, choices, current, fallback }: ChoicesProps) {
  return (
    <fieldset class="choices">
      <legend class="hidden-visually">{label}</legend>
      {choices.map(([id, title]) => (
        <button
          type="button"
          key={id}
          aria-pressed={id === current}
          onClick={() => setQuery({ [name]: id === fallback ? undefined : id })}
        >
          {title}
        </button>
      ))}
    </fieldset>
  );
}
