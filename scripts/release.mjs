// Publishes countly-weave and countly-inspector with provenance: npm run release. Without `--publish` it does all but that.
//
// Looks at the folder it is started in. What is wrong is said at once and all together, before anything is built.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const USAGE = `npm run release -- [options]

  --publish      publish; without it everything is checked, built and packed, and npm says what it would send
  --tag <name>   dist-tag of npm; default: latest, and next for a version such as 1.0.0-rc.1
  --no-build     take dist/ as it is`;

/** The folders of what is published; both have one version and one changelog. */
const PACKAGES = ['.', 'inspector'];
const VERSION = /^(\d+)\.(\d+)\.(\d+)(-[0-9A-Za-z.-]+)?$/;

const root = process.cwd();
const read = (...path) => readFileSync(join(root, ...path), 'utf8');
const manifestOf = (folder) => JSON.parse(read(folder, 'package.json'));

class Refused extends Error {}

function main() {
  const { values } = parseArgs({
    allowNegative: true,
    options: {
      publish: { type: 'boolean', default: false },
      tag: { type: 'string' },
      build: { type: 'boolean', default: true },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(USAGE);
  const { version } = manifestOf('.');
  const problems = [...ofTree(version), ...ofManifests(version), ...ofChangelog(version)];
  if (values.publish) problems.push(...ofPlace());
  if (problems.length > 0) throw new Refused(problems.map((problem) => `- ${problem}`).join('\n'));

  if (values.build) run('npm', ['run', 'build']);
  const missing = PACKAGES.filter((folder) => !existsSync(join(root, folder, 'dist')));
  if (missing.length > 0) throw new Refused(`- there is no dist/ in ${missing.join(', ')}: build first`);
  const folder = mkdtempSync(join(tmpdir(), 'countly-weave-release-'));
  try {
    const tag = values.tag ?? (version.includes('-') ? 'next' : 'latest');
    // Everything is packed before anything is sent, so that no half of a release can be out.
    for (const tarball of PACKAGES.map((name) => pack(name, folder))) send(tarball, tag, values.publish);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(
    values.publish
      ? `Published ${version}. Now: git tag v${version} && git push origin v${version}`
      : `${version} could be published. Nothing was sent: that takes --publish, in a workflow that may sign.`,
  );
}

/** What is published has to be what the commit says, and once. */
function ofTree(version) {
  const changed = git('status', '--porcelain').trim();
  const tagged = git('tag', '--list', `v${version}`).trim();
  return [
    ...(changed === '' ? [] : [`the working tree is not clean:\n    ${changed.replaceAll('\n', '\n    ')}`]),
    ...(tagged === '' ? [] : [`there is a tag ${tagged} already: raise the version in package.json`]),
  ];
}

function ofManifests(version) {
  const problems = VERSION.test(version) ? [] : [`package.json: expected a version such as 1.2.3, got "${version}"`];
  for (const folder of PACKAGES) {
    const manifest = manifestOf(folder);
    if (manifest.version !== version)
      problems.push(`${folder}/package.json: expected version ${version} as in package.json, got ${manifest.version}`);
    if (manifest.private) problems.push(`${folder}/package.json: is private`);
    if (manifest.repository?.url === undefined)
      problems.push(`${folder}/package.json: provenance needs repository.url`);
  }
  return problems;
}

/** The newest section is this version's and has a date; nothing waits above it under "Unreleased". */
function ofChangelog(version) {
  const sections = read('CHANGELOG.md')
    .split(/^## /m)
    .slice(1)
    .map((section) => ({ title: section.split('\n', 1)[0].trim(), text: section.slice(section.indexOf('\n')).trim() }));
  const problems = [];
  const [first, ...others] = sections;
  const waiting = first?.title === 'Unreleased' ? first : undefined;
  if (waiting && waiting.text !== '')
    problems.push('CHANGELOG.md: what stands under "Unreleased" belongs to a version');
  const newest = (waiting ? others[0] : first)?.title ?? 'nothing';
  const [name, date] = newest.split(' – ');
  if (name !== version || !/^\d{4}-\d{2}-\d{2}$/.test(date ?? ''))
    problems.push(`CHANGELOG.md: expected the newest section to be "## ${version} – YYYY-MM-DD", got "## ${newest}"`);
  return problems;
}

/** npm signs only what a workflow of a service it trusts has built. */
function ofPlace() {
  const signs = process.env['ACTIONS_ID_TOKEN_REQUEST_URL'] ?? process.env['SIGSTORE_ID_TOKEN'];
  if (signs) return [];
  return [
    '--publish: provenance needs an identity token of the workflow (GitHub: `id-token: write`; GitLab: SIGSTORE_ID_TOKEN)',
  ];
}

function pack(folder, destination) {
  const output = run(
    'npm',
    ['pack', '--json', '--ignore-scripts', '--pack-destination', destination],
    join(root, folder),
  );
  const [{ name, version, filename, files, unpackedSize }] = JSON.parse(output);
  console.log(`${name} ${version}: ${files.length} files, ${unpackedSize} bytes`);
  return join(destination, filename);
}

function send(tarball, tag, publish) {
  const args = ['publish', tarball, '--provenance', '--access', 'public', '--tag', tag];
  // What npm would send it knows by itself; a rehearsal asks nobody.
  run('npm', publish ? args : [...args, '--dry-run', '--offline']);
}

function git(...args) {
  return run('git', args);
}

function run(command, args, cwd = root) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status === 0) return stdout;
  throw new Refused(`- ${command} ${args.join(' ')} failed\n${error?.message ?? ''}${stdout ?? ''}${stderr ?? ''}`);
}

try {
  main();
} catch (error) {
  console.error(error instanceof Refused ? `Not released:\n${error.message}` : `${error.message}\n\n${USAGE}`);
  process.exitCode = error instanceof Refused ? 1 : 2;
}
