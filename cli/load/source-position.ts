import { readFileSync } from 'node:fs';
import { findSourceMap } from 'node:module';
import { dirname, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Frame } from './frames.js';

/** A place in the sources. */
export interface Position {
  readonly file: string;
  readonly line: number;
}

/** What compilers put between a class and its decorators. */
const HELPER =
  /^_*(ts_|es)?(decorate|DecorateProperty|apply_?decs|decorateElement|decorateClass|param)|^applyDec|^Reflect\.decorate|^<?(static_initializer|anonymous)>?$/i;
const FOREIGN = /(^node:)|[\\/]node_modules[\\/]/;
/** As far as a method stands from its topmost decorator. */
const MOST_LINES = 80;
const DECLARES_CLASS = /^\s*(?:export\s+)?(?:default\s+)?(?:abstract\s+)?class\s+([\w$]+)/;

/** Where a decorator stands: the nearest call that is neither ours, nor a package's, nor a compiler's helper. */
export function positionOf(frames: readonly Frame[], method: string | undefined, root: string): Position | undefined {
  const outside = applicationFrame(frames);
  if (outside === undefined) return undefined;
  const place = mapped(outside);
  const line = method === undefined ? place.line : (lineOf(place, method) ?? place.line);
  return { file: relative(root, place.file).split(sep).join('/'), line };
}

/** The call in the application that a decorator is applied by. */
export function applicationFrame(frames: readonly Frame[]): Frame | undefined {
  const files = frames.map((frame) => ({ ...frame, file: pathOf(frame.file) }));
  // The first call is made in this library, of which the application may have a copy of its own.
  const own = files[0] === undefined ? '' : dirname(files[0].file);
  const candidates = files.filter(({ file }) => file !== '' && dirname(file) !== own && !FOREIGN.test(file));
  return candidates.find(({ name }) => !HELPER.test(name) || name === '') ?? candidates.at(-1);
}

function pathOf(file: string): string {
  try {
    return file.startsWith('file:') ? fileURLToPath(file) : file;
  } catch {
    return '';
  }
}

function mapped({ file, line, column }: Frame): Position {
  const found = findSourceMap(file)?.findEntry(line - 1, column - 1);
  if (found === undefined || !('originalSource' in found) || typeof found.originalSource !== 'string')
    return { file, line };
  return { file: pathOf(found.originalSource), line: found.originalLine + 1 };
}

const texts = new Map<string, readonly string[]>();

function linesOf(file: string): readonly string[] {
  let lines = texts.get(file);
  if (lines === undefined) {
    try {
      lines = readFileSync(file, 'utf8').split('\n');
    } catch {
      lines = [];
    }
    texts.set(file, lines);
  }
  return lines;
}

/** Compilers say where a decorator is applied in ways of their own; the nearest declaration of the method is meant. */
function lineOf({ file, line }: Position, method: string): number | undefined {
  const name = method.replace(/[^\w$]/g, '\\$&');
  const declares = new RegExp(
    `^\\s*(?:@.*\\)\\s+)?(?:(?:public|private|protected|static|async|override)\\s+)*\\*?\\s*${name}\\s*[(<]`,
  );
  const lines = linesOf(file);
  const isHere = (at: number): boolean => declares.test(lines[at - 1] ?? '');
  if (new RegExp(`[\\s)*]${name}\\s*[(<]`).test(lines[line - 1] ?? '')) return line;
  // Decorators stand before their method; another class of theirs may have one of the same name.
  for (let at = line; at < line + MOST_LINES && !(at > line && DECLARES_CLASS.test(lines[at - 1] ?? '')); at++) {
    if (isHere(at)) return at;
  }
  for (let at = line; at > line - MOST_LINES && !DECLARES_CLASS.test(lines[at - 1] ?? ''); at--)
    if (isHere(at)) return at;
  return undefined;
}

/** The class that the sources declare before a line; for decorators that are applied before their class exists. */
export function classBefore({ file, line }: Position, root: string): string | undefined {
  const lines = linesOf(`${root}/${file}`);
  for (let at = line; at > 0; at--) {
    const name = DECLARES_CLASS.exec(lines[at - 1] ?? '')?.[1];
    if (name !== undefined) return name;
  }
  return undefined;
}
