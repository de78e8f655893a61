import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventsOf, reportingTo } from './arrived.mjs';
import { run } from './processes.mjs';
import { copyApp, versionOf } from './workspace.mjs';

/** What an end-to-end test of an application of Nest takes. */
function nest(range) {
  const packages = ['common', 'core', 'platform-express', 'testing'].map((name) => [`@nestjs/${name}`, range]);
  return {
    ...Object.fromEntries(packages),
    rxjs: '^7.8.1',
    'reflect-metadata': '^0.2.2',
    supertest: '^7.1.0',
    '@types/supertest': '^6.0.3',
  };
}

export const JEST = {
  ...nest('^11.0.1'),
  '@openfeature/core': '^1.9.0',
  '@openfeature/nestjs-sdk': '^0.2.5',
  '@openfeature/server-sdk': '^1.17.1',
  jest: '^30.0.0',
  'ts-jest': '^29.4.0',
  '@swc/core': '^1.16.22',
  '@swc/jest': '^0.2.39',
  '@types/jest': '^30.0.0',
  '@types/node': '^24.0.0',
  typescript: '^5.7.3',
};
export const VITEST = { ...nest('^12.0.1'), vitest: '^4.1.2', '@types/node': '^24.0.0' };

const ADDED = { device_id: 'ann', key: 'item_added' };

/** The tests of docs/testing.md, one with a server, and what Jest does to a class, in Jest compiled by both of its usual transformers. */
export async function checkJest(report, { installation, nodes, inspector }) {
  await copyApp('jest', installation);
  const version = await versionOf(installation, 'jest');
  const binary = join(installation, 'node_modules', 'jest', 'bin', 'jest.js');
  await Promise.all(
    nodes.flatMap((node) =>
      // What ts-jest makes is the same under each Node, and it takes its time.
      (node === nodes.at(-1) ? ['ts-jest', 'swc'] : ['swc']).map((transformer) =>
        report.check(`Jest ${version} with ${transformer}, Node ${node.version}`, async () => {
          const args = [binary, '--config', `${transformer}.config.cjs`, '--ci', '--no-cache'];
          const appKey = `jest-${transformer}-${node.version}`;
          const env = reportingTo(inspector, appKey, installation);
          const { stderr } = await run(node.path, args, { cwd: installation, env });
          expectSummary(stderr, /^Tests: +16 passed, 16 total$/m);
          assert.deepEqual(eventsOf(inspector, appKey), [{ ...ADDED, segmentation: { items: 1 } }]);
          // What Jest says when something is still alive after the tests, or torn down under a running call.
          if (/did not exit|open handle|after the Jest environment|deprecat|warn/i.test(stderr))
            throw new Error(stderr);
        }),
      ),
    ),
  );
}

/** The tests of docs/testing.md, one with a server, and its script for CI. */
export async function checkVitest(report, { installation, nodes, inspector }) {
  await copyApp('vitest', installation);
  const version = await versionOf(installation, 'vitest');
  const binary = join(installation, 'node_modules', 'vitest', 'vitest.mjs');
  await Promise.all(
    nodes.map((node) =>
      report.check(`Vitest ${version}, Node ${node.version}`, async () => {
        const appKey = `vitest-${node.version}`;
        const env = reportingTo(inspector, appKey, installation);
        const { stdout, stderr } = await run(node.path, [binary, 'run', '--no-cache'], { cwd: installation, env });
        expectSummary(stdout, /^ *Tests +5 passed \(5\)$/m);
        if (stderr.trim() !== '') throw new Error(stderr);
        assert.deepEqual(eventsOf(inspector, appKey), [{ ...ADDED, segmentation: { items: 1 } }]);
      }),
    ),
  );
  await report.check(
    'an inspector in CI ends with 0 when all was well, with 1 when something is not planned',
    async () => {
      const ends = async () => {
        const env = { XDG_STATE_HOME: join(installation, 'state', 'ci') };
        return (await run('sh', ['ci.sh'], { cwd: installation, env, anyCode: true })).code;
      };
      assert.equal(await ends(), 0);
      await writeFile(join(installation, 'tracking-plan.json'), '{ "version": 1, "entries": [] }');
      assert.equal(await ends(), 1);
    },
  );
}

/** The runner that Node brings, on the production installation: nothing else is needed. */
export async function checkNodeTest(report, { installation, nodes, inspector }) {
  await copyApp(join('node-test', 'cart.test.mjs'), join(installation, 'cart.test.mjs'));
  await Promise.all(
    nodes.map((node) =>
      report.check(`node:test, Node ${node.version}`, async () => {
        const appKey = `node-test-${node.version}`;
        const env = reportingTo(inspector, appKey, installation);
        const args = ['--test', '--test-reporter=tap', 'cart.test.mjs'];
        const { stdout } = await run(node.path, args, { cwd: installation, env });
        expectSummary(stdout, /^# pass 2$/m);
        assert.deepEqual(eventsOf(inspector, appKey), [{ ...ADDED, segmentation: { sku: 'sku-1' } }]);
      }),
    ),
  );
}

function expectSummary(output, pattern) {
  if (!pattern.test(output)) throw new Error(`the summary does not say that all tests passed\n${output}`);
}
