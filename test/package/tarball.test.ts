import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { parseSync } from 'rolldown/utils';
import { describe, expect, it } from 'vitest';

const ROOT = join(__dirname, '../..');
// With its peers an installation may take 5 MB (the consumers look at that); this notices what came in unawares.
const MAX_BYTES = 1_600_000;

interface Packed {
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}
const [packed] = JSON.parse(
  execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: ROOT, encoding: 'utf8' }),
) as [Packed];
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly typesVersions: { readonly '*': Readonly<Record<string, readonly string[]>> };
  readonly scripts: Readonly<Record<string, string>>;
  readonly bin: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
};
const paths = packed.files.map(({ path }) => path).sort();
const entries = Object.entries(manifest.exports).flatMap(([name, targets]) =>
  typeof targets === 'string' ? [] : [{ name, targets }],
);
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const shipped = (extension: string) => paths.filter((path) => path.endsWith(extension));

describe('the package', () => {
  it('holds the bundles, the declarations and what to read, nothing else', () => {
    const other = paths.filter((path) => !/^dist\/[\w-]+\.(js|mjs|d\.ts)$/.test(path));
    expect(other).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'dist/THIRD-PARTY-LICENSES.txt', 'package.json']);
  });

  it('is small', () => {
    expect(packed.unpackedSize).toBeLessThan(MAX_BYTES);
  });

  it('runs nothing when it is installed and brings no package with it', () => {
    expect(Object.keys(manifest.scripts).filter((name) => /^((pre|post)?install|prepare)$/.test(name))).toEqual([]);
    expect(manifest.dependencies ?? {}).toEqual({});
  });

  it('exports every entry that was built, for Node, for bundlers and for TypeScript', () => {
    for (const { name, targets } of entries) {
      const file = name === '.' ? 'index' : name.slice('./'.length).replaceAll('/', '-');
      expect(targets).toEqual({
        types: `./dist/${file}.d.ts`,
        module: `./dist/${file}.mjs`,
        default: `./dist/${file}.js`,
      });
      for (const target of Object.values(targets)) expect(paths).toContain(target.slice('./'.length));
    }
    // Beside the entries: what they share, and what is started and never imported.
    const shared = ['core', 'rolldown-runtime', 'cli', 'inspector-link'];
    const built = shipped('.js').map((path) => path.slice('dist/'.length, -'.js'.length));
    expect(built.filter((name) => !shared.includes(name))).toHaveLength(entries.length);
  });

  it('has a command that npx can start in this folder, too, where no installation has made it executable', () => {
    for (const file of Object.values(manifest.bin)) expect(statSync(join(ROOT, file)).mode & 0o111, file).toBe(0o111);
  });

  it('tells TypeScript without `exports` the same', () => {
    const told = Object.entries(manifest.typesVersions['*']).map(([name, files]) => [`./${name}`, files[0]]);
    const wanted = entries.filter(({ name }) => name !== '.').map(({ name, targets }) => [name, targets['types']]);
    expect(told).toEqual(wanted);
  });
});

describe('the code', () => {
  it('asks for nothing but Node and the peers', () => {
    const asked = shipped('.mjs').flatMap((path) =>
      parseSync(path, read(path)).module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
    );
    const foreign = asked.filter((name) => !name.startsWith('./') && !isBuiltin(name));
    const packages = foreign.map((name) => /^(@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name);
    expect(Object.keys(manifest.peerDependencies)).toEqual(expect.arrayContaining([...new Set(packages)]));
  });

  it('has no `require` where a bundler would lose it', () => {
    for (const path of shipped('.mjs'))
      expect(read(path), path).not.toMatch(/createRequire\(import\.meta|\b__require\b/);
  });

  it('does not load class-transformer before a class is mapped', () => {
    const loaded = execFileSync(
      process.execPath,
      [
        '-p',
        "require('countly-weave'); Object.keys(require.cache).filter((path) => path.includes('class-transformer'))",
      ],
      { cwd: ROOT, encoding: 'utf8' },
    );
    expect(loaded.trim()).toBe('[]');
  });
});

describe('the declarations', () => {
  const complaints = (files: readonly string[], ...more: readonly string[]) => {
    const options = '--noEmit --strict --target es2022 --module nodenext --skipLibCheck false'.split(' ');
    const tsc = join(ROOT, 'node_modules/.bin/tsc');
    const { stdout } = spawnSync(tsc, ['--ignoreConfig', ...options, ...more, ...files], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    return stdout.split('\n').filter((line) => line.startsWith('dist/'));
  };

  it('are right by themselves, with nothing left to `skipLibCheck`', () => {
    expect(complaints(shipped('.d.ts'), '--types', 'node')).toEqual([]);
  });

  it('bring Node’s types with them, which TypeScript 6 and newer take only when they are asked for', () => {
    expect(complaints(['dist/index.d.ts'])).toEqual([]);
    for (const path of shipped('.d.ts')) expect(read(path), path).toMatch(/^\/\/\/ <reference types="node" \/>\n/);
  });

  it('say nothing of what is internal and keep what is documented', () => {
    const text = shipped('.d.ts').map(read).join('\n');
    expect(text).not.toContain('@internal');
    expect(text).toContain('@example');
  });
});
