// Copies the pages of the repository to pages/, where the site is made of them: GitHub and the site show the same.
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const REPOSITORY = fileURLToPath(new URL('..', import.meta.url));
const PAGES = fileURLToPath(new URL('pages', import.meta.url));

rmSync(PAGES, { recursive: true, force: true });
for (const folder of ['.', 'docs', 'inspector', 'sample-app', 'examples', 'test/consumers']) {
  for (const name of readdirSync(join(REPOSITORY, folder))) {
    if (name.endsWith('.md')) copy(join(folder, name), folder === '.' && name === 'README.md' ? 'index.md' : undefined);
  }
}
if (existsSync(join(REPOSITORY, 'docs/images'))) copy('docs/images');
copy('inspector/page/icon.svg', 'public/icon.svg');

function copy(path, to = path) {
  mkdirSync(join(PAGES, dirname(to)), { recursive: true });
  cpSync(join(REPOSITORY, path), join(PAGES, to), { recursive: true });
}
