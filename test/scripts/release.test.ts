import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const SCRIPT = join(__dirname, '../../scripts/release.mjs');
const CHANGELOG = '# Changelog\n\n## Unreleased\n\n## 1.2.0 – 2026-11-29\n\n- **feat** Something.\n';
const MANIFEST = {
  version: '1.2.0',
  license: 'MIT',
  files: ['dist'],
  repository: { type: 'git', url: 'git+https://example.test/some/where.git' },
};

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countly-weave-release-test-'));
  for (const part of ['dist', 'inspector/dist']) await mkdir(join(folder, part), { recursive: true });
  await write('.gitignore', 'dist/\n');
  await write('dist/index.js', '');
  await write('inspector/dist/index.js', '');
  await write('package.json', { ...MANIFEST, name: 'sample-of-a-release', scripts: { build: 'node -e 0' } });
  await write('inspector/package.json', { ...MANIFEST, name: 'sample-of-an-inspector' });
  await write('CHANGELOG.md', CHANGELOG);
  git('init', '--quiet');
  commit();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(path: string, content: string | object): Promise<void> {
  await writeFile(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content));
}

function git(...args: string[]): void {
  const { status, stderr } = spawnSync('git', args, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

function commit(): void {
  git('add', '.');
  git('-c', 'user.name=test', '-c', 'user.email=test@example.test', 'commit', '--quiet', '--message', 'A change');
}

/** With a registry that nobody is: whatever asks it fails or takes longer than the test. */
function release(...args: string[]) {
  const env = { ...process.env, npm_config_registry: 'http://127.0.0.1:9/', npm_config_fetch_retries: '0' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...env, ACTIONS_ID_TOKEN_REQUEST_URL: undefined, SIGSTORE_ID_TOKEN: undefined },
  });
  return { status, stdout, stderr };
}

describe('a release', { timeout: 60_000 }, () => {
  it('is rehearsed: checked, built, packed and shown to npm, with nothing sent', () => {
    const { status, stdout, stderr } = release();
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^sample-of-a-release 1\.2\.0: 2 files, \d+ bytes$/m);
    expect(stdout).toMatch(/^sample-of-an-inspector 1\.2\.0: 2 files, \d+ bytes$/m);
    expect(stdout).toMatch(/^1\.2\.0 could be published\. Nothing was sent/m);
    expect(status).toBe(0);
  });

  it('is refused with changes that are in no commit', async () => {
    await write('dist.txt', 'forgotten');
    expect(release()).toMatchObject({ status: 1, stderr: expect.stringContaining('?? dist.txt') });
  });

  it('is refused for a version that is out already', () => {
    git('tag', 'v1.2.0');
    expect(release()).toMatchObject({ status: 1, stderr: expect.stringContaining('tag v1.2.0') });
  });

  it.each([
    ['a version that has no section', CHANGELOG.replace('1.2.0', '1.1.0'), /newest section .*got "## 1\.1\.0/],
    ['a section without a date', CHANGELOG.replace('2026-11-29', 'unreleased'), /"## 1\.2\.0 – YYYY-MM-DD"/],
    ['changes that wait for a version', CHANGELOG.replace('Unreleased\n', 'Unreleased\n\n- More.\n'), /Unreleased/],
    ['an empty changelog', '# Changelog\n', /got "## nothing"/],
  ])('is refused for %s in the changelog', async (_, text, said) => {
    await write('CHANGELOG.md', text);
    commit();
    expect(release()).toMatchObject({ status: 1, stderr: expect.stringMatching(said) });
  });

  it('is refused when the two packages are not of one version, and says all that is wrong at once', async () => {
    await write('inspector/package.json', { ...MANIFEST, name: 'sample-of-an-inspector', version: '1.1.0' });
    await write('CHANGELOG.md', '# Changelog\n');
    const { status, stderr } = release();
    expect(status).toBe(1);
    expect(stderr).toMatch(/not clean[\s\S]*expected version 1\.2\.0[\s\S]*got 1\.1\.0[\s\S]*CHANGELOG\.md/);
  });

  it('is refused when the build fails, before anything is packed', async () => {
    await write('package.json', {
      ...MANIFEST,
      name: 'sample-of-a-release',
      scripts: { build: 'node -e "process.exit(3)"' },
    });
    commit();
    expect(release()).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('npm run build failed') });
  });

  it('is refused when there is nothing built', async () => {
    await rm(join(folder, 'inspector/dist'), { recursive: true });
    expect(release('--no-build')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('no dist/ in inspector'),
    });
  });

  it('cannot be published from a machine that has nothing to sign with', () => {
    expect(release('--publish')).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringContaining('provenance'),
    });
  });

  it('says what it takes when it is called wrongly', () => {
    expect(release('--now')).toMatchObject({ status: 2, stderr: expect.stringContaining('--publish') });
  });
});
