import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { slugOf } from '../../../site/slug.js';

export const ROOT = join(__dirname, '../../..');

/** Folders that hold pages for readers; `''` are those beside README.md. */
const FOLDERS = ['', 'docs', 'inspector', 'sample-app', 'examples', 'test/consumers'];

/** One Markdown page, by its path in the repository. */
export interface Page {
  readonly path: string;
  readonly text: string;
}

/** A link as it stands, and where it leads: a file in the repository, with an anchor or without. */
export interface Link {
  readonly text: string;
  readonly path: string;
  readonly anchor: string | undefined;
}

export function pages(): Page[] {
  return FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => pageAt(join(folder, name))),
  );
}

export function pageAt(path: string): Page {
  return { path, text: readFileSync(join(ROOT, path), 'utf8') };
}

/** A page without its blocks of code and its comments: what is a heading or a link there is none here. */
function prose(text: string): string {
  return text.replace(/<!--[\s\S]*?-->/g, '').replace(/^( *)(```+)[^\n]*\n[\s\S]*?^ *\2 *$/gm, '');
}

export function anchorsOf({ text }: Page): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of prose(text).matchAll(/^#{1,6} (.+)$/gm)) {
    const slug = slugOf(heading);
    let anchor = slug;
    for (let count = 1; anchors.has(anchor); count++) anchor = `${slug}-${count}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** Links to other places of the repository. Code in a line holds none. */
export function linksOf({ path, text }: Page): Link[] {
  const found = prose(text)
    .replace(/`[^`\n]*`(?!\])/g, '')
    .matchAll(/\]\(([^)\s]+)\)/g);
  return [...found].flatMap(([, target = '']) => {
    if (/^[a-z]+:/.test(target)) return [];
    const [file = '', anchor] = target.split('#');
    const to = file === '' ? path : relative(ROOT, join(ROOT, dirname(path), decodeURI(file)));
    return [{ text: target, path: to, anchor }];
  });
}
