import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseSync, Visitor } from 'rolldown/utils';
import { ROOT } from './pages.js';

/** A text of the library that a person may get to see; `…` stands for what is known when it runs. */
export interface Message {
  readonly file: string;
  readonly text: string;
}

/** Whose texts are no messages, or explain themselves. */
const LEFT_OUT = [
  // What a developer's own failing test says: it names what was expected and what came.
  /^lib\/testing\//,
  // The story that `debug` tells.
  /(debug-story|delivery-messages)\.ts$/,
  // Descriptions in a JSON schema, help texts of metrics, parts of HTTP and of other packages' keys.
  /^lib\/plan\/tracking-plan-schema\.ts$/,
  /^lib\/outbox\/ledger\.ts$/,
  /^lib\/protocol\/encode\.ts$/,
  /^lib\/http\/untraced\.ts$/,
  // Programs that Redis runs.
  /^lib\/redis\/(scripts|tidy-script)\.ts$/,
  /^nest\/identity\/cookies\.ts$/,
  // Results of the commands, and their help; the pages on the plan and on scaling have what they mean.
  /^cli\/(render|plan|arguments|fleet|relay)/,
];

/** Every text in the sources of a room that reads like words, but for imports, types and what `debug` tells. */
export function messagesOf(room: string): Message[] {
  return readdirSync(join(ROOT, room), { recursive: true, withFileTypes: true })
    .filter(({ name }) => name.endsWith('.ts'))
    .map(({ parentPath, name }) => relative(ROOT, join(parentPath, name)))
    .filter((file) => !LEFT_OUT.some((pattern) => pattern.test(file)))
    .flatMap((file) => textsIn(readFileSync(join(ROOT, file), 'utf8')).map((text) => ({ file, text })));
}

/** Lists of names in code, as they begin. */
const LISTS = ['name segment height', 'events metrics crash', 'country_code city'];

export function textsIn(source: string): string[] {
  const { program } = parseSync('some.ts', source);
  const unseen: { start: number; end: number }[] = [];
  const found: { start: number; text: string }[] = [];
  new Visitor({
    CallExpression(node) {
      const { callee } = node;
      if (callee.type === 'MemberExpression' && 'name' in callee.property && callee.property.name === 'debug') {
        unseen.push(node);
      }
    },
    TSLiteralType: (node) => void unseen.push(node),
    ImportDeclaration: (node) => void unseen.push(node),
    Literal({ start, value }) {
      if (typeof value === 'string') found.push({ start, text: value });
    },
    TemplateLiteral({ start, quasis }) {
      found.push({ start, text: quasis.map(({ value }) => value.cooked ?? '').join('…') });
    },
  }).visit(program);
  return found
    .filter(({ start }) => !unseen.some((part) => start >= part.start && start < part.end))
    .map(({ text }) => plain(text).replace(/^[… ,;:.()"']+|[… ,;:.()"']+$/g, ''))
    .filter(isWords);
}

/** Three words and more, with blanks between them, and not a list of names in code. */
function isWords(text: string): boolean {
  const words = text.match(/[A-Za-z']{2,}/g) ?? [];
  const names = text.match(/\w+_\w+/g) ?? [];
  return words.length >= 3 && text.includes(' ') && names.length < 3 && !LISTS.some((list) => text.startsWith(list));
}

/** A text as it is compared: without marks of Markdown, on one line. */
export function plain(text: string): string {
  return text.replaceAll('`', '').replaceAll('\\|', '|').replace(/…+/g, '…').replace(/\s+/g, ' ').trim();
}
