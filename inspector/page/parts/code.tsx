import { CopyButton } from './copy-button.js';

const MOST_CHARACTERS = 60_000;

/** A text in its own lines, to read and to copy. */
export function Code({ text, label, canCopy = true }: { text: string; label: string; canCopy?: boolean }) {
  const isCut = text.length > MOST_CHARACTERS;
  return (
    <figure class="code" aria-label={label}>
      {canCopy && <CopyButton label="Copy" text={() => text} />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
      <pre tabIndex={0}>
        {isCut ? `${text.slice(0, MOST_CHARACTERS)}\n… ${text.length - MOST_CHARACTERS} more characters` : text}
      </pre>
    </figure>
  );
}
