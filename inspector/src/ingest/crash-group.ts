import { createHash } from 'node:crypto';
import { type JsonObject, stringOf } from '../protocol/json.js';

/** A group is made of the name and two lines. What is longer is told apart by its beginning, so that work stays linear. */
const LINE_CHARS = 2000;
const LINES = 500;

/**
 * The group a server files the report in (docs/protocol.md §6), or `undefined` when nothing is left to group by.
 * Patterns are rough on purpose, as the server's are: which messages stay apart and which fall together is the point.
 */
export function crashGroup(crash: JsonObject, name: string, nonfatal: boolean): string | undefined {
  const acrossPlatforms = Boolean(crash['_not_os_specific']);
  const [first = '', second = ''] = linesOf(
    stringOf(crash['_error']),
    Boolean(crash['_javascript']) || acrossPlatforms,
  );
  const shortName = name.slice(0, LINE_CHARS);
  // A name that differs from the first line takes the place of the frame: then no function tells two errors apart.
  const seed = shortName === first ? `${shortName}${second}` : `${shortName}${first}`;
  const left = withoutVariables(seed);
  if (left === '') return undefined;
  const platform = acrossPlatforms ? '' : stringOf(crash['_os']);
  return createHash('sha1').update(`${platform}\n${left}\n${nonfatal}`).digest('hex');
}

/** Distinct lines of the first block, of a JavaScript stack without Node's own frames, folders and positions. */
function linesOf(error: string, isJavaScript: boolean): string[] {
  const text = error
    .slice(0, LINES * LINE_CHARS)
    .replace(/\r\n?/g, '\n')
    .replaceAll('\t', '')
    .trim();
  const end = text.indexOf('\n\n');
  let lines = (end < 0 ? text : text.slice(0, end)).split('\n', LINES).map((line) => line.slice(0, LINE_CHARS));
  if (isJavaScript) {
    lines = lines
      .filter((line) => !line.includes('(internal/'))
      .map((line) => withoutFolders(line).replace(/:\d*:\d*/g, ''));
  }
  return [...new Set(lines)];
}

/** Takes out what differs from one occurrence to the next: numbers that stand alone, objects, addresses, ids. */
function withoutVariables(seed: string): string {
  const bare = seed.replace(/(^|\s)\d+(?=\s|$)/g, '$1');
  return withoutFolders(between(between(bare, '/', '/'), '{', '}'))
    .replace(/:\d+/g, '')
    .replace(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g, '')
    .replace(/(?:[\da-f]{1,4}:){7}[\da-f]{1,4}/gi, '')
    .replace(/(?:[\da-f]{1,4}(?::[\da-f]{1,4}){0,6})?::(?:[\da-f]{1,4}(?::[\da-f]{1,4}){0,6})?/gi, '')
    .replace(/0x[\da-f]+/gi, '')
    .replace(/[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}/gi, '');
}

/** `http://host/a/b.js?x=1` becomes `b.js`: protocol, query and everything up to the last slash of a line go. */
function withoutFolders(text: string): string {
  return text
    .replace(/[a-z]{0,20}.:\/\//gi, '/')
    .split('\n')
    .map((line) => {
      const withoutQuery = line.replace(/\?[^)]*/g, '');
      const start = withoutQuery.indexOf('/');
      const end = withoutQuery.lastIndexOf('/');
      return end > start ? withoutQuery.slice(0, start) + withoutQuery.slice(end + 1) : withoutQuery;
    })
    .join('\n');
}

/** Cuts out each shortest stretch from `open` to `close`, both included, without looking at any character twice. */
function between(text: string, open: string, close: string): string {
  let result = '';
  let position = 0;
  for (;;) {
    const start = text.indexOf(open, position);
    const end = start < 0 ? -1 : text.indexOf(close, start + 1);
    if (end < 0) return result + text.slice(position);
    result += text.slice(position, start);
    position = end + 1;
  }
}
