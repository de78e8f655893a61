import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pageAt, ROOT } from './support/pages.js';

const readme = pageAt('README.md').text;
const performance = pageAt('docs/performance.md').text;

describe('the README', () => {
  it('quotes figures that stand on the page about performance', () => {
    const table = /^\| figure \|[\s\S]*?\n\n/m.exec(readme)?.[0] ?? '';
    const measured = table.split('\n').flatMap((line) => line.split('|')[2]?.replace(/\(\[.*/, '') ?? []);
    const figures = measured.join(' ').match(/\d+\.\d+|\b\d{2,}\b/g) ?? [];
    // The first lines of a Node's name are no figures.
    const quoted = figures.filter((figure) => !['20', '24'].includes(figure));
    expect(quoted.length).toBeGreaterThan(7);
    expect(quoted.filter((figure) => !performance.includes(figure))).toEqual([]);
  });

  it('names every entry of the package', () => {
    const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { exports: object };
    const entries = Object.keys(exports).filter((name) => name !== './package.json');
    const missing = entries.filter((name) => !readme.includes(`\`${name.replace('.', 'countly-weave')}\``));
    expect(missing).toEqual([]);
  });
});
