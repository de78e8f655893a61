// Makes dist/page, what the inspector serves: one script, one style sheet, the page and the licences of what is built in.
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OUT = join(ROOT, 'dist/page');

rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT, { recursive: true });
const { metafile } = await build({
  absWorkingDir: ROOT,
  entryPoints: { page: 'page/main.tsx', style: 'page/styles/style.css' },
  outdir: OUT,
  bundle: true,
  minify: true,
  format: 'esm',
  target: ['es2022', 'chrome123', 'firefox120', 'safari17.5'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  legalComments: 'none',
  metafile: true,
});
refuseCycles(metafile.inputs);
for (const name of ['index.html', 'icon.svg']) copyFileSync(join(ROOT, 'page', name), join(OUT, name));
writeFileSync(join(OUT, 'THIRD-PARTY-LICENSES.txt'), licences(Object.keys(metafile.inputs)));

/** Those of the packages whose code stands in the page. */
function licences(inputs) {
  const folders = new Set(inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []));
  const texts = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));
    return `${name} ${version} (${license})\n\n${readFileSync(join(ROOT, folder, 'LICENSE'), 'utf8').trim()}\n`;
  });
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}

/** No linter that reads TSX finds them. */
function refuseCycles(inputs) {
  const done = new Set();
  const visit = (path, way) => {
    if (way.includes(path))
      throw new Error(`These import each other: ${[...way.slice(way.indexOf(path)), path].join(' → ')}`);
    if (done.has(path) || path.includes('node_modules/')) return;
    for (const { path: next } of inputs[path]?.imports ?? []) visit(next, [...way, path]);
    done.add(path);
  };
  for (const path of Object.keys(inputs)) visit(path, []);
}
