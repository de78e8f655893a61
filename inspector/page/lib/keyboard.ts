import { signal } from '@preact/signals';
import { openAtCursor, walk } from './cursor.js';
import { closeDrawer, opened } from './route.js';

/** Whether the list of keys is shown. */
export const isHelpOpen = signal(false);

/** What each key does, as the help tells it. */
export const KEYS: readonly (readonly [string, string])[] = [
  ['/', 'search everything'],
  ['j', 'next row'],
  ['k', 'row before'],
  ['Enter', 'open the row'],
  ['Esc', 'close what is open'],
  ['?', 'these keys'],
];

export function watchKeys(): void {
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.key === 'Escape') return leave(event);
    if (isTyping(event.target)) return;
    const act = ACTIONS[event.key];
    if (act === undefined) return;
    if (event.key === 'Enter' && event.target instanceof Element && event.target.closest('a, button, summary')) return;
    event.preventDefault();
    act();
  });
}

const ACTIONS: Readonly<Record<string, () => void>> = {
  '/': () => document.querySelector<HTMLInputElement>('#search')?.focus(),
  j: () => walk(1, opened.value !== undefined),
  k: () => walk(-1, opened.value !== undefined),
  Enter: openAtCursor,
  '?': () => {
    isHelpOpen.value = !isHelpOpen.value;
  },
};

function leave(event: KeyboardEvent): void {
  if (isHelpOpen.value) isHelpOpen.value = false;
  else if (isTyping(event.target)) (event.target as HTMLElement).blur();
  else closeDrawer();
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]');
}
