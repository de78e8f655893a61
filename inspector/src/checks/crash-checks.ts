import { isObject, show, stringOf } from '../protocol/json.js';
import type { Check, EntrySubject, Found } from './check.js';

/** Without these three a server drops the crash. */
export const REQUIRED_CRASH_FIELDS = ['_error', '_app_version', '_os'] as const;

const FLAGS = ['_root', '_online', '_muted', '_signal', '_background'];
const CUSTOM_LIMIT = 100;
/** From here on a server's worker is busy for tenths of a second and more, with the square of the length. */
const LINE_LIMIT = 8000;

function ifCrash(find: (crash: Record<string, unknown>) => Found) {
  return ({ entry: { crash } }: EntrySubject): Found =>
    crash.state === 'read' && isObject(crash.value) ? find(crash.value) : undefined;
}

export const CRASH_CHECKS: ReadonlyArray<Check<EntrySubject>> = [
  {
    row: 38,
    find: ({ entry: { crash } }) => {
      if (crash.state === 'absent') return undefined;
      if (crash.state === 'broken') return `"crash" is not valid JSON: ${show(crash.text)}`;
      const { value } = crash;
      if (!isObject(value)) return `"crash" is ${show(value)}, expected an object`;
      const missing = REQUIRED_CRASH_FIELDS.filter((name) => !value[name]);
      if (missing.length > 0) return `the crash has no ${missing.join(', no ')}`;
      return typeof value['_error'] === 'string' ? undefined : `_error is ${show(value['_error'])}, expected a text`;
    },
  },
  {
    row: 67,
    find: ifCrash(({ _error }) => {
      const longest = longestLine(stringOf(_error));
      return longest > LINE_LIMIT ? `a line of the stack has ${longest} characters` : undefined;
    }),
  },
  {
    row: 39,
    find: ifCrash((crash) =>
      FLAGS.filter((name) => crash[name] !== undefined && !/^(true|false)$/.test(stringOf(crash[name]))).map(
        (name) => `${name} is ${show(crash[name])}`,
      ),
    ),
  },
  {
    row: 40,
    find: ifCrash(({ _nonfatal }) =>
      _nonfatal === 0 || _nonfatal === '0' || _nonfatal === 'false' ? `_nonfatal is ${show(_nonfatal)}` : undefined,
    ),
  },
  {
    row: 41,
    find: ifCrash(({ _custom }) => {
      if (typeof _custom === 'string' && _custom !== '')
        return `_custom is the text ${show(_custom)}, expected an object`;
      if (!isObject(_custom)) return undefined;
      const names = Object.keys(_custom);
      if (names.length > CUSTOM_LIMIT) return `_custom has ${names.length} keys`;
      const nested = names.filter((name) => typeof _custom[name] === 'object' && _custom[name] !== null);
      return nested.map((name) => `_custom.${name} is ${show(_custom[name])}`);
    }),
  },
];

function longestLine(text: string): number {
  if (text.length <= LINE_LIMIT) return text.length;
  let longest = 0;
  for (let start = 0; start <= text.length; ) {
    const next = text.indexOf('\n', start);
    const end = next < 0 ? text.length : next;
    longest = Math.max(longest, end - start);
    start = end + 1;
  }
  return longest;
}
