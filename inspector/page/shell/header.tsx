import { useState } from 'preact/hooks';
import type { Summary } from '../../src/api/contract/status.js';
import { plural } from '../lib/format.js';
import { isHelpOpen } from '../lib/keyboard.js';
import { connection, isPaused, togglePause } from '../lib/live.js';
import { go, hrefTo, place } from '../lib/route.js';
import { nextTheme, theme } from '../lib/theme.js';
import { Icon } from '../parts/icon.js';

const STATES = { connecting: 'Connecting', live: 'Live', reconnecting: 'Reconnecting', paused: 'Paused' } as const;
const THEMES = { system: 'Colours of the system', light: 'Light', dark: 'Dark' } as const;

/** One row above everything: search, how the simulated server is set up, and what the page does. */
export function Header({ summary, onReset }: { summary: Summary | undefined; onReset(): void }) {
  return (
    <header class="bar">
      <a class="brand" href="#overview">
        <img src="./icon.svg" alt="" width="24" height="24" />
        <h1>
          Countly <span>Inspector</span>
        </h1>
      </a>
      <SearchField key={askedFor()} />
      <Flags summary={summary} />
      <div class="actions">
        <span class="status" data-testid="connection" data-state={connection.value} role="status">
          <span class="dot" aria-hidden="true" />
          <span class="status-text">{STATES[connection.value]}</span>
        </span>
        <button
          type="button"
          class="icon-button"
          data-testid="pause"
          aria-pressed={isPaused.value}
          onClick={togglePause}
          title={isPaused.value ? 'Resume' : 'Pause'}
        >
          <Icon name={isPaused.value ? 'play' : 'pause'} label={isPaused.value ? 'Resume' : 'Pause'} />
        </button>
        <button type="button" class="icon-button" data-testid="theme" onClick={nextTheme} title={THEMES[theme.value]}>
          <Icon name={theme.value} label={THEMES[theme.value]} />
        </button>
        <button
          type="button"
          class="icon-button leave-out-2"
          onClick={() => {
            isHelpOpen.value = true;
          }}
          title="Keys (?)"
        >
          <Icon name="help" label="Keys" />
        </button>
        <button type="button" class="icon-button" data-testid="reset" onClick={onReset} title="Clear data">
          <Icon name="clear" label="Clear data" />
        </button>
      </div>
    </header>
  );
}

/** What the page is searched for now. */
function askedFor(): string {
  return place.value.panel === 'search' ? (place.value.query['q'] ?? '') : '';
}

function SearchField() {
  const [text, setText] = useState(askedFor);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    // The keys belong to what is found.
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    if (text.trim() !== '') go(hrefTo('search', undefined, { q: text.trim() }));
  };
  return (
    <search class="search">
      <form onSubmit={submit}>
        <Icon name="search" />
        <input
          id="search"
          type="search"
          placeholder="Search everything"
          aria-label="Search everything"
          aria-keyshortcuts="/"
          autocomplete="off"
          spellcheck={false}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <kbd>/</kbd>
      </form>
    </search>
  );
}

function Flags({ summary }: { summary: Summary | undefined }) {
  if (summary === undefined) return <div class="flags" />;
  const { paused, salted, appKey, faults } = summary.server;
  return (
    <div class="flags">
      {paused && (
        <a class="flag is-warning" href="#try">
          App is paused
        </a>
      )}
      {faults > 0 && (
        <a class="flag is-danger" href="#try">
          {plural(faults, 'fault')} in force
        </a>
      )}
      {salted && (
        <a class="flag" href="#try">
          Salt is checked
        </a>
      )}
      {appKey !== null && (
        <a class="flag" href="#try" title={appKey}>
          Key {appKey}
        </a>
      )}
    </div>
  );
}
