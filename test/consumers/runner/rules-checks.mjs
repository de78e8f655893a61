import assert from 'node:assert/strict';
import { join } from 'node:path';
import { run } from './processes.mjs';
import { copyApp, readJson, versionOf } from './workspace.mjs';

export const RULES = {
  esbuild: '^0.28.0',
  tsx: '^4.20.0',
  vite: '^8.0.0',
  'vite-node': '^5.0.0',
  vitest: '^4.1.2',
  webpack: '^5.100.0',
};

const OBEYED = {
  instance: { amount: 5 },
  named: { order_amount: 5 },
  given: { amount: 5 },
  nothing_exposed: { to_city: 'Oslo' },
  option: { amount: 5 },
  result: { amount: 5 },
};
const WITHHELD = Object.fromEntries(Object.keys(OBEYED).map((key) => [key, {}]));

/** What class-transformer was told is obeyed, whatever bundles or runs an application, or the class is refused loudly. */
export async function checkRules(report, { installation }) {
  await copyApp('rules', installation);
  const inside = { cwd: installation, timeout: 120_000 };
  const { stdout } = await run(process.execPath, ['bundle.mjs'], inside);
  for (const file of JSON.parse(stdout)) {
    const isApart = file.includes('no-library');
    await report.check(`rules of a class, ${file}: ${isApart ? 'the class is refused' : 'obeyed'}`, async () => {
      const outcome = JSON.parse((await run(process.execPath, [file], inside)).stdout);
      if (isApart) refused(outcome);
      else assert.deepEqual(outcome, { events: OBEYED, said: [] });
    });
  }
  for (const runner of ['tsx', 'vite-node']) {
    await report.check(`rules of a class, ${runner} ${await versionOf(installation, runner)}`, async () => {
      const binary = join(installation, 'node_modules', '.bin', runner);
      const outcome = JSON.parse((await run(binary, ['main.ts'], inside)).stdout);
      // vite-node takes class-transformer in and leaves the library outside.
      if (runner === 'vite-node') refused(outcome);
      else assert.deepEqual(outcome, { events: OBEYED, said: [] });
    });
  }
  await report.check(`rules of a class, vitest ${await versionOf(installation, 'vitest')}`, async () => {
    await run(process.execPath, [join(installation, 'node_modules/vitest/vitest.mjs'), 'run'], inside);
    assert.deepEqual(await readJson(installation, 'vitest.json'), { events: OBEYED, said: [] });
  });
}

function refused({ events, said }) {
  assert.deepEqual(events, WITHHELD);
  for (const name of ['instance', 'named', 'given', 'nothingExposed', 'option', 'result']) {
    assert.ok(
      said.some((line) => line.includes(`.${name}:`) && line.includes('useClassTransformer()')),
      `nothing is said of ${name}\n${said.join('\n')}`,
    );
  }
}
