import { signal } from '@preact/signals';

const STORED_AS = 'countly-inspector-editor';
const DEFAULT = 'vscode://file/{file}:{line}:{column}';

/** How an editor is asked to open a place; `{file}`, `{line}` and `{column}` are put in. */
export const editor = signal(stored());

export const EDITORS: readonly (readonly [name: string, pattern: string])[] = [
  ['VS Code', DEFAULT],
  ['Cursor', 'cursor://file/{file}:{line}:{column}'],
  ['Zed', 'zed://file/{file}:{line}:{column}'],
  ['WebStorm', 'webstorm://open?file={file}&line={line}&column={column}'],
];

export function chooseEditor(pattern: string): void {
  if (!isEditor(pattern)) return;
  editor.value = pattern;
  try {
    localStorage.setItem(STORED_AS, pattern);
  } catch {
    // A browser that keeps nothing asks for the usual one next time.
  }
}

/** The link that opens this place in the editor. */
export function editorLink(file: string, line: number | null, column: number | null): string {
  return editor.value
    .replace('{file}', () => file.split('/').map(encodeURIComponent).join('/').replace(/^\//, ''))
    .replace('{line}', String(line ?? 1))
    .replace('{column}', String(column ?? 1));
}

/** A link must open an editor, never run anything on this page. */
function isEditor(pattern: string): boolean {
  return EDITORS.some(([, known]) => known === pattern);
}

function stored(): string {
  try {
    const pattern = localStorage.getItem(STORED_AS) ?? '';
    return isEditor(pattern) ? pattern : DEFAULT;
  } catch {
    return DEFAULT;
  }
}
