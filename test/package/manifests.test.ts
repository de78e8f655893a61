import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(__dirname, '../..');

interface Manifest {
  readonly version: string;
  readonly license: string;
  readonly homepage: string;
  readonly bugs: string;
  readonly repository: { readonly type: string; readonly url: string; readonly directory?: string };
}

const read = (...path: string[]) => readFileSync(join(ROOT, ...path), 'utf8');
const manifestOf = (folder: string) => JSON.parse(read(folder, 'package.json')) as Manifest;
const REPOSITORY = manifestOf('.').repository.url;

describe.each([
  { name: 'countly-weave', folder: '.' },
  { name: 'countly-inspector', folder: 'inspector' },
])('the manifest of $name', { timeout: 60_000 }, ({ folder }) => {
  const manifest = manifestOf(folder);

  it('says where its source is and where to report what is wrong with it', () => {
    const web = REPOSITORY.replace(/^git\+/, '').replace(/\.git$/, '');
    expect(manifest.repository).toEqual({
      type: 'git',
      url: `git+${web}.git`,
      ...(folder === '.' ? {} : { directory: folder }),
    });
    expect(manifest.bugs).toBe(`${web}/issues`);
    expect(manifest.homepage).toMatch(new RegExp(`^${web}(/tree/main/${folder})?#readme$`));
  });

  it('has its licence in the tarball', () => {
    const [packed] = JSON.parse(
      execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
        cwd: join(ROOT, folder),
        encoding: 'utf8',
      }),
    ) as [{ readonly files: readonly { readonly path: string }[] }];
    expect(manifest.license).toBe('MIT');
    expect(packed.files.map(({ path }) => path)).toContain('LICENSE');
    expect(read(folder, 'LICENSE')).toBe(read('LICENSE'));
  });
});
