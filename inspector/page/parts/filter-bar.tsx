import { useEffect, useRef } from 'preact/hooks';
import { place, setQuery } from '../lib/route.js';

export interface TextFilterProps {
  /** The filter in the address. */
  readonly name: string;
  readonly label: string;
}

const WAIT_MS = 200;

/** A text that is kept in the address as it is typed. */
export function TextFilter({ name, label }: TextFilterProps) {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <input
      type="search"
      class="filter"
      aria-label={label}
      placeholder={label}
      data-testid={`filter-${name}`}
      spellcheck={false}
      autocomplete="off"
      defaultValue={place.peek().query[name] ?? ''}
      onInput={({ currentTarget: { value } }) => {
        clearTimeout(timer.current);
        timer.current = setTimeout(() => setQuery({ [name]: value || undefined }), WAIT_MS);
      }}
    />
  );
}

export interface SelectFilterProps extends TextFilterProps {
  readonly options: readonly (readonly [value: string, title: string])[];
}

/** One of many; the first means all. */
export function SelectFilter({ name, label, options }: SelectFilterProps) {
  return (
    <select
      aria-label={label}
      data-testid={`filter-${name}`}
      value={place.value.query[name] ?? ''}
      onChange={({ currentTarget: { value } }) => setQuery({ [name]: value || undefined })}
    >
      {options.map(([value, title]) => (
        <option key={value} value={value}>
          {title}
        </option>
      ))}
    </select>
  );
}

/** A filter that came with a link, and the way out of it. */
export function ActiveFilters({ names }: { names: readonly string[] }) {
  const active = names.filter((name) => place.value.query[name]);
  if (active.length === 0) return null;
  return (
    <span class="chips">
      {active.map((name) => (
        <button
          type="button"
          key={name}
          class="chip is-filter"
          onClick={() => setQuery({ [name]: undefined })}
          title="Remove this filter"
        >
          <span class="chip-name">{name}</span> {place.value.query[name]} ×
        </button>
      ))}
    </span>
  );
}
