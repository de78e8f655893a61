import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { useInspector } from '../support/use-inspector.js';

const PACKAGE = fileURLToPath(new URL('../../', import.meta.url));
const read = (name: string): string => readFileSync(`${PACKAGE}dist/page/${name}`, 'utf8');
const MAX_SCRIPT = 300_000;

describe('the page as it is built', () => {
  const server = useInspector();

  it('is in the package, with the licences of what is built in, and its sources are not', () => {
    const text = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: PACKAGE,
      encoding: 'utf8',
    });
    const [packed] = JSON.parse(text) as [{ files: { path: string }[] }];
    const paths = packed.files.map(({ path }) => path);
    const page = paths.filter((path) => path.startsWith('dist/page/')).sort();
    expect(page).toEqual([
      'dist/page/THIRD-PARTY-LICENSES.txt',
      'dist/page/icon.svg',
      'dist/page/index.html',
      'dist/page/page.js',
      'dist/page/style.css',
    ]);
    expect(paths.filter((path) => /^(page|scripts|test)\//.test(path))).toEqual([]);
    const licences = read('THIRD-PARTY-LICENSES.txt');
    for (const name of ['preact', '@preact/signals', 'uplot', '@tanstack/virtual-core'])
      expect(licences).toContain(`${name} `);
    expect(licences).toContain('Permission is hereby granted');
  });

  it('is small, loads nothing from elsewhere and makes no code of texts', () => {
    const script = read('page.js');
    expect(script.length).toBeLessThan(MAX_SCRIPT);
    expect(/\beval\(|new Function\(/.test(script)).toBe(false);
    const sources = readdirSync(`${PACKAGE}page`, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.tsx?$/.test(name),
    );
    expect(sources.length).toBeGreaterThan(50);
    const markup = /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser/i;
    expect(sources.filter((name) => markup.test(readFileSync(`${PACKAGE}page/${name}`, 'utf8')))).toEqual([]);
    expect(read('style.css')).not.toMatch(/url\(\s*["']?(https?:)?\/\//);
    expect(read('index.html')).not.toMatch(/(src|href)="(https?:)?\/\/|<script(?![^>]*src=)|style=|\son\w+=/);
  });

  it('is served under a policy that allows its own files only', async () => {
    for (const path of ['/', '/page.js', '/style.css']) {
      const response = await fetch(server.url + path);
      expect(response.status, path).toBe(200);
      const policy = response.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'");
      expect(policy).not.toMatch(/unsafe|https?:/);
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    }
    for (const path of ['/../package.json', '/page/main.tsx', '/nothing.js']) {
      expect((await fetch(server.url + path)).status, path).not.toBe(200);
    }
  });
});
