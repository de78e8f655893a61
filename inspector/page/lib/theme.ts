import { effect, signal } from '@preact/signals';

/** `system` follows the setting of the machine. */
export type Theme = 'system' | 'light' | 'dark';

const STORED_AS = 'countly-inspector-theme';
const NEXT: Readonly<Record<Theme, Theme>> = { system: 'dark', dark: 'light', light: 'system' };

export const theme = signal<Theme>(stored());
/** Goes up whenever colours change; what is painted on a canvas has to be painted again. */
export const painted = signal(0);

export function nextTheme(): void {
  theme.value = NEXT[theme.value];
}

export function watchTheme(): void {
  effect(() => {
    if (theme.value === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme.value;
    try {
      localStorage.setItem(STORED_AS, theme.value);
    } catch {
      // A browser that keeps nothing starts with the system's colours next time.
    }
    painted.value = painted.peek() + 1;
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    painted.value += 1;
  });
}

function stored(): Theme {
  try {
    const name = localStorage.getItem(STORED_AS);
    return name === 'light' || name === 'dark' ? name : 'system';
  } catch {
    return 'system';
  }
}

/** A token as the colour it stands for now, in the theme that is on. */
export function colorOf(token: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(--${token})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
