import type { CodeMethod } from '../../src/api/contract/code.js';
import { chooseEditor, EDITORS, editor, editorLink } from '../lib/editor.js';

/** File and line, opened by the editor. */
export function SourceLink({ of: { file, line, column } }: { of: Pick<CodeMethod, 'file' | 'line' | 'column'> }) {
  if (file === null) return <span class="faint">–</span>;
  const place = `${file}${line === null ? '' : `:${line}`}`;
  return (
    <a class="source" href={editorLink(file, line, column)} title={`Open ${place} in the editor`} data-testid="source">
      {place.split('/').slice(-2).join('/')}
    </a>
  );
}

/** Which editor opens them. */
export function EditorChoice() {
  return (
    <select aria-label="Editor" value={editor.value} onChange={({ currentTarget: { value } }) => chooseEditor(value)}>
      {EDITORS.map(([name, pattern]) => (
        <option key={name} value={pattern}>
          {name}
        </option>
      ))}
    </select>
  );
}
