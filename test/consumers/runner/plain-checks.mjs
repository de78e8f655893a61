import assert from 'node:assert/strict';
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { warningsOf } from './nest-expectations.mjs';
import { run } from './processes.mjs';
import { copyApp } from './workspace.mjs';

/** Applications without Nest and without a compiler, on the production installation. */
export async function checkPlainApps(report, { installation, nodes, inspector, packed: { entries } }) {
  await copyApp('plain', installation);
  const second = join(installation, 'second', 'node_modules');
  await mkdir(second, { recursive: true });
  await cp(join(installation, 'node_modules', 'countly-weave'), join(second, 'countly-weave'), { recursive: true });
  const jobs = nodes.flatMap((node) => [
    [`plain: require, Node ${node.version}`, () => required(node)],
    [`plain: import, no close, Node ${node.version}`, () => imported(node)],
    [`plain: one state in two copies, Node ${node.version}`, () => both(node)],
  ]);
  await Promise.all(jobs.map(([name, work]) => report.check(name, work)));
  // These cannot load here, as their peers are not there.
  const loadable = entries.filter((entry) => !['nest', 'nest/testing', 'otel', 'redis'].includes(entry));
  await checkEntries(report, { installation, nodes, entries: loadable, where: 'without Nest' });

  async function execute(node, file) {
    const appKey = `${file}-${node.version}`;
    const env = {
      COUNTLY_URL: inspector.url,
      COUNTLY_APP_KEY: appKey,
      XDG_STATE_HOME: join(installation, 'state', appKey),
    };
    const { stdout, stderr } = await run(node.path, [file], { cwd: installation, env, timeout: 30_000 });
    assert.deepEqual(warningsOf(stderr), []);
    const events = inspector.query('SELECT device_id, key FROM events WHERE app_key = ? ORDER BY key', appKey);
    const traces = inspector.query('SELECT device_id, name FROM traces WHERE app_key = ?', appKey);
    return { stdout, events, traces };
  }

  async function required(node) {
    const { stdout, events, traces } = await execute(node, 'require.cjs');
    assert.deepEqual(JSON.parse(stdout), { delivered: 2, pending: 0, dropped: 0 });
    assertAdded(events, traces);
  }

  async function imported(node) {
    const { events, traces } = await execute(node, 'import.mjs');
    assertAdded(events, traces);
  }

  async function both(node) {
    const { events } = await execute(node, 'both.mjs');
    assert.deepEqual(events, [
      { device_id: 'ann', key: 'from_the_first_copy' },
      { device_id: 'ann', key: 'from_the_other_copy' },
    ]);
  }
}

/** Every entry through both module systems: one copy of everything, all names found from ES modules. */
export async function checkEntries(report, { installation, nodes, entries, where }) {
  await copyApp(join('plain', 'entries.mjs'), join(installation, 'entries.mjs'));
  await Promise.all(
    nodes.map((node) =>
      report.check(`one copy for CommonJS and ES modules, ${where}, Node ${node.version}`, async () => {
        const { stderr } = await run(node.path, ['entries.mjs', ...entries.map(specifier)], { cwd: installation });
        assert.deepEqual(warningsOf(stderr), []);
      }),
    ),
  );
}

/** `root` is the template's name for the entry without a sub-path. */
function specifier(entry) {
  return entry === 'root' ? 'countly-weave' : `countly-weave/${entry}`;
}

function assertAdded(events, traces) {
  assert.deepEqual(events, [{ device_id: 'ann', key: 'added' }]);
  assert.deepEqual(traces, [{ device_id: 'ann', name: 'add' }]);
}
