import { useEffect, useRef, useState } from 'preact/hooks';
import { plural } from '../lib/format.js';
import { counted } from '../lib/live.js';

const ANNOUNCE_MS = 5000;
const WORDS: readonly (readonly [kind: string, word: string])[] = [
  ['event', 'event'],
  ['view', 'view'],
  ['session', 'session'],
  ['crash', 'error'],
  ['trace', 'trace'],
  ['problem', 'problem'],
];

/** A screen reader hears a summary now and then; reading every line of a stream aloud would help nobody. */
export function Announcer() {
  const [text, setText] = useState('');
  const told = useRef<Readonly<Record<string, number>>>({});
  useEffect(() => {
    const timer = setInterval(() => {
      const now = counted.value;
      const news = WORDS.map(([kind, word]) => [(now[kind] ?? 0) - (told.current[kind] ?? 0), word] as const);
      told.current = now;
      const words = news.filter(([count]) => count > 0).map(([count, word]) => plural(count, word));
      if (words.length > 0) setText(`New: ${words.join(', ')}`);
    }, ANNOUNCE_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <p class="hidden-visually" aria-live="polite">
      {text}
    </p>
  );
}
