import { join } from 'node:path';
import { run } from './processes.mjs';
import { copyApp, versionOf } from './workspace.mjs';

export const JEST = {
  jest: '^30.0.0',
  'ts-jest': '^29.4.0',
  '@swc/core': '^1.16.22',
  '@swc/jest': '^0.2.39',
  '@types/jest': '^30.0.0',
  '@types/node': '^24.0.0',
  typescript: '^5.7.3',
};
export const VITEST = { vitest: '^4.1.2', '@types/node': '^24.0.0' };

/** One test that uses `countly-weave/testing`, in Jest compiled by both of its usual transformers. */
export async function checkJest(report, { installation, nodes }) {
  await copyApp('jest', installation);
  const version = await versionOf(installation, 'jest');
  const binary = join(installation, 'node_modules', 'jest', 'bin', 'jest.js');
  await Promise.all(
    nodes.flatMap((node) =>
      ['ts-jest', 'swc'].map((transformer) =>
        report.check(`Jest ${version} with ${transformer}, Node ${node.version}`, async () => {
          const args = [binary, '--config', `${transformer}.config.cjs`, '--ci', '--no-cache'];
          const { stderr } = await run(node.path, args, { cwd: installation });
          expectOnce(stderr, /^Tests: +1 passed, 1 total$/m);
          // What Jest says when something is still alive after the tests, or torn down under a running call.
          if (/did not exit|open handle|after the Jest environment|deprecat|warn/i.test(stderr))
            throw new Error(stderr);
        }),
      ),
    ),
  );
}

export async function checkVitest(report, { installation, nodes }) {
  await copyApp('vitest', installation);
  const version = await versionOf(installation, 'vitest');
  const binary = join(installation, 'node_modules', 'vitest', 'vitest.mjs');
  await Promise.all(
    nodes.map((node) =>
      report.check(`Vitest ${version}, Node ${node.version}`, async () => {
        const { stdout, stderr } = await run(node.path, [binary, 'run', '--no-cache'], { cwd: installation });
        expectOnce(stdout, /^ *Tests +1 passed \(1\)$/m);
        if (stderr.trim() !== '') throw new Error(stderr);
      }),
    ),
  );
}

function expectOnce(output, pattern) {
  if (!pattern.test(output)) throw new Error(`the summary does not say that one test passed\n${output}`);
}
