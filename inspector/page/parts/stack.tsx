import { editorLink } from '../lib/editor.js';
import { placesIn } from '../lib/stack-places.js';
import { CopyButton } from './copy-button.js';

/** A stack whose places open in the editor; where that is not this machine's file, the editor says so. */
export function Stack({ text }: { text: string }) {
  return (
    <figure class="code" aria-label="Stack">
      <CopyButton label="Copy" text={() => text} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
      <pre tabIndex={0}>
        {placesIn(text).map(({ text: piece, place }, index) =>
          place === undefined ? (
            piece
          ) : (
            <a
              key={`${index} ${piece}`}
              href={editorLink(place.file, place.line, place.column)}
              title="Open in the editor"
            >
              {piece}
            </a>
          ),
        )}
      </pre>
    </figure>
  );
}
