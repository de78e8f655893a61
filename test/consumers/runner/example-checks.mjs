import assert from 'node:assert/strict';
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { eventsOf, reportingTo } from './arrived.mjs';
import { warningsOf } from './nest-expectations.mjs';
import { inInstallSlot, inSlot, run, start } from './processes.mjs';
import { REPOSITORY, readJson } from './workspace.mjs';

const LAMP = { item: 'lamp', pieces: 2 };
const TOOK_TOO_LONG_MS = 30_000;

/** What a run of each leaves at the collector; `serves` is what a Nest application is asked first. */
const EXAMPLES = {
  plain: { events: [{ device_id: 'ann', key: 'checkout', segmentation: LAMP }] },
  'nest-11-jest': { serves: true, events: [{ device_id: 'ann', key: 'order_placed', segmentation: LAMP }] },
  'nest-12-vitest': { serves: true, events: [{ device_id: 'ann', key: 'order_placed', segmentation: LAMP }] },
};

/** examples/ as somebody copies them: installed, type checked, tested and run by the scripts of their own manifests. */
export async function checkExamples(report, { root, packed: { tarball }, inspector }) {
  await Promise.all(
    Object.entries(EXAMPLES).map(([name, expected]) =>
      report.check(`example ${name}: npm install, npm test, npm start`, () =>
        check({ name, folder: join(root, `example-${name}`), tarball, inspector, expected }),
      ),
    ),
  );
}

async function check({ name, folder, tarball, inspector, expected: { serves = false, events } }) {
  await cp(join(REPOSITORY, 'examples', name), folder, {
    recursive: true,
    filter: (path) => !/[\\/](node_modules|dist)$/.test(path),
  });
  const manifest = await readJson(folder, 'package.json');
  // The version it names is not out before the tests have passed.
  manifest.dependencies['countly-weave'] = `file:${tarball}`;
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  const npm = (args, options) => run('npm', args, { cwd: folder, timeout: 300_000, ...options });
  await npm(['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'], { slot: inInstallSlot });
  await npm(['exec', '--offline', '--', 'tsc', '-p', '.', '--noEmit']);
  await npm(['test']);

  const env = { ...reportingTo(inspector, `example-${name}`, folder), PORT: '0' };
  if (serves) await serve({ folder, env });
  else {
    const { stdout, stderr } = await npm(['start'], { env });
    assert.match(stdout, /^delivered 2, pending 0$/m);
    assert.deepEqual(warningsOf(stderr), []);
  }
  assert.deepEqual(eventsOf(inspector, `example-${name}`), events);
}

/** Built and started without npm, which would have to pass the signal on. */
async function serve({ folder, env }) {
  await run('npm', ['run', 'build'], { cwd: folder });
  await inSlot(async () => {
    const { child, output, ended } = start(process.execPath, [join('dist', 'main.js')], { cwd: folder, env });
    try {
      const url = await addressIn(output);
      const answer = await fetch(`${url}/orders`, {
        method: 'POST',
        headers: { 'x-visitor-id': 'ann', 'content-type': 'application/json' },
        body: JSON.stringify({ ...LAMP, email: 'ann@example.test' }),
      });
      assert.deepEqual(await answer.json(), { total: 25 });
    } finally {
      child.kill('SIGTERM');
      await ended;
    }
    assert.deepEqual(warningsOf(output.stderr), []);
  });
}

async function addressIn(output) {
  for (const until = Date.now() + TOOK_TOO_LONG_MS; Date.now() < until; await pause(20)) {
    const address = /listens on (http\S+)/.exec(output.stdout)?.[1];
    if (address !== undefined) return address;
  }
  throw new Error(`it does not listen\n${output.stdout}${output.stderr}`);
}
