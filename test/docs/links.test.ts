import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { slugOf } from '../../site/slug.js';
import { anchorsOf, linksOf, type Page, pageAt, pages, ROOT } from './support/pages.js';

/** What is wrong with the links of a page. */
function brokenLinks(page: Page): string[] {
  return linksOf(page).flatMap(({ text, path, anchor }) => {
    if (path !== page.path && !existsSync(join(ROOT, path))) return [`${page.path}: ${text} leads nowhere`];
    if (anchor === undefined || !path.endsWith('.md')) return [];
    const target = path === page.path ? page : pageAt(path);
    return anchorsOf(target).has(anchor) ? [] : [`${page.path}: ${text} names no heading of ${path}`];
  });
}

describe('the pages', () => {
  it('link to files and headings that are there', () => {
    const all = pages();
    expect(all.flatMap(brokenLinks)).toEqual([]);
    expect(all.flatMap(linksOf).length).toBeGreaterThan(100);
  });

  it('of docs/ can all be reached from the README', () => {
    const seen = new Set(['README.md']);
    for (const path of seen) {
      for (const link of linksOf(pageAt(path))) if (link.path.endsWith('.md')) seen.add(link.path);
    }
    const unseen = pages().filter(({ path }) => path.startsWith('docs/') && !seen.has(path));
    expect(unseen.map(({ path }) => path)).toEqual([]);
  });
});

describe('a link', () => {
  const page = (text: string): Page => ({ path: 'docs/some.md', text });

  it.each([
    ['to a page that is not there', '[a](no-such-page.md)', 'docs/some.md: no-such-page.md leads nowhere'],
    ['to a heading that is not there', '# One\n[a](#two)', 'docs/some.md: #two names no heading of docs/some.md'],
  ])('%s is found', (_, text, problem) => {
    expect(brokenLinks(page(text))).toEqual([problem]);
  });

  it('in code is none', () => {
    expect(linksOf(page('```ts\nlist[0](#two)\n```\n`[a](#two)`'))).toEqual([]);
  });
});

describe('the anchor of a heading', () => {
  it.each([
    ['Events: `@TrackEvent`, `@TimedEvent`', 'events-trackevent-timedevent'],
    ['17. Measured on 25.03.45', '17-measured-on-250345'],
    ["The browser's visitor", 'the-browsers-visitor'],
    ['`fail_timeout` — seconds', 'fail_timeout--seconds'],
  ])('of %s', (heading, slug) => {
    expect(slugOf(heading)).toBe(slug);
  });

  it('that stands twice gets a number', () => {
    expect([...anchorsOf({ path: '', text: '# A\n## A\n' })]).toEqual(['a', 'a-1']);
  });
});
