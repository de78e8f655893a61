import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';

const ROOT = join(__dirname, '..', '..');
const ROOMS = ['lib', 'nest', 'inspector/src', 'docs'];

/** A place of the page: `4.2` a section, `13 38` a row of one. */
type Place = string;

/** Sections and numbered rows of the page. A row of §15 or §17 is spoken of as `§15.6`, one of §13 as `§13 row 38`. */
function placesOf(page: string): Set<Place> {
  const places = new Set<Place>();
  let section = '';
  for (const line of page.split('\n')) {
    const heading = /^#{2,3} (\d+(?:\.\d+)?)\.? /.exec(line)?.[1];
    const row = /^\| (\d+(?:\.\d+)?) +\|/.exec(line)?.[1];
    if (heading !== undefined) section = heading;
    if (heading !== undefined) places.add(section);
    else if (row !== undefined)
      places.add(section === '13' ? `13 ${row}` : row.includes('.') ? row : `${section}.${row}`);
  }
  return places;
}

/** What follows one `§`: the section, and the rows that are named with it (`row 30`, `rows 12 and 13`, `rows 9–14`). */
function placesIn(reference: string): Place[] {
  const [, section = '', rows = ''] = /^§(\d+(?:\.\d+)?)(?: rows? (.*))?$/s.exec(reference) ?? [];
  return [section, ...(rows.match(/\d+/g) ?? []).map((row) => `${section} ${row}`)];
}

const REFERENCE = /§\d+(?:\.\d+)?(?: rows? \d+(?:(?:–|-|, | and )\d+)*)?/g;
/** The page's name, and all the references that follow it before anything else does. */
const MENTION = new RegExp(`docs/protocol\\.md\`?((?:(?:,| and)? ?${REFERENCE.source})+)`, 'g');

/** Every place of the page that a text names after `docs/protocol.md`; comments may break anywhere. */
function namedIn(text: string): Place[] {
  const flat = text.replace(/\s*\n\s*(?:\*(?!\/)|\/\/)?\s*/g, ' ');
  return [...flat.matchAll(MENTION)].flatMap(([, references = '']) =>
    (references.match(REFERENCE) ?? []).flatMap(placesIn),
  );
}

let page: string;
let places: Set<Place>;
beforeAll(async () => {
  page = await readFile(join(ROOT, 'docs/protocol.md'), 'utf8');
  places = placesOf(page);
});

describe('docs/protocol.md', () => {
  it('has every section and row that code and pages refer to', async () => {
    const missing: string[] = [];
    let count = 0;
    for (const room of ROOMS) {
      for (const entry of await readdir(join(ROOT, room), { recursive: true, withFileTypes: true })) {
        if (!/\.(ts|md)$/.test(entry.name) || entry.parentPath.includes('node_modules')) continue;
        const file = join(entry.parentPath, entry.name);
        const named = namedIn(await readFile(file, 'utf8'));
        count += named.length;
        for (const place of named) if (!places.has(place)) missing.push(`${relative(ROOT, file)}: §${place}`);
      }
    }
    expect(missing).toEqual([]);
    expect(count).toBeGreaterThan(50);
  });

  it('refers to itself rightly', () => {
    const named = (page.match(REFERENCE) ?? []).flatMap(placesIn);
    expect(named.length).toBeGreaterThan(50);
    expect(named.filter((place) => !places.has(place))).toEqual([]);
  });

  it('has the sections 0 to 17, and the rows 1 to 60 that the inspector checks', () => {
    const sections = Array.from({ length: 18 }, (_, index) => String(index));
    const rows = Array.from({ length: 60 }, (_, index) => `13 ${index + 1}`);
    expect([...sections, ...rows].filter((place) => !places.has(place))).toEqual([]);
  });

  it.each([
    ['a section', 'see docs/protocol.md §4.2.', ['4.2']],
    ['several', '(docs/protocol.md §1.5, §1.6)', ['1.5', '1.6']],
    ['a row', '(docs/protocol.md §13 row 38), so', ['13', '13 38']],
    ['rows', '(docs/protocol.md §13 rows 12 and 13)', ['13', '13 12', '13 13']],
    ['a range', '(docs/protocol.md §13 rows 9–14)', ['13', '13 9', '13 14']],
    ['one that a comment breaks', ' * the page (docs/protocol.md\n   * §15.6) says', ['15.6']],
  ])('is referred to by %s', (_name, text, named) => {
    expect(namedIn(text)).toEqual(named);
    expect(named.filter((place) => !places.has(place))).toEqual([]);
  });

  it.each(['18', '4.9', '13 99', '15.12', '17.12', '10.6'])('has no place %s', (place) => {
    expect(places.has(place)).toBe(false);
  });
});
