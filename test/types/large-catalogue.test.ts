import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = resolve(__dirname, '../..');
const FOLDER = join(ROOT, '.test-out', 'types-large');
const KEYS = Array.from({ length: 500 }, (_, i) => `event_${i}`);

const PLAIN = `import { TrackEvent } from '${join(ROOT, 'lib/decorators/track-event.js')}';
export class Many {
${KEYS.map((key, i) => `  @TrackEvent('${key}', { segmentation: ({ args: [n] }) => ({ plan: 'pro', amount: n }) })\n  m${i}(n: number) { return n; }`).join('\n')}
}
`;
const CATALOGUED = `import { defineEvents } from '${join(ROOT, 'lib/plan/define-events.js')}';
const events = defineEvents({
${KEYS.map((key) => `  ${key}: { description: 'x', segmentation: { plan: ['free', 'pro'], amount: 'number', note: 'string?' } },`).join('\n')}
});
${PLAIN.slice(PLAIN.indexOf('export class')).replaceAll('@TrackEvent', '@events.TrackEvent')}`;

/** Seconds that the compiler says it took. */
function compile(name: string, source: string): number {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, `${name}.ts`), source);
  const project = join(FOLDER, `${name}.json`);
  writeFileSync(project, JSON.stringify({ extends: join(ROOT, 'tsconfig.json'), files: [`${name}.ts`], include: [] }));
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const said = execFileSync(process.execPath, [tsc, '-p', project, '--extendedDiagnostics'], { encoding: 'utf8' });
  return Number(/Check time:\s*([\d.]+)s/.exec(said)?.[1]);
}

test('a catalogue of 500 events slows the compiler by less than a second', () => {
  // The best of three, because other work on this machine only ever adds.
  const best = (name: string, source: string) => Math.min(...[1, 2, 3].map(() => compile(name, source)));
  const slower = best('catalogued', CATALOGUED) - best('plain', PLAIN);
  expect(slower).toBeLessThan(1);
  expect(slower).toBeGreaterThan(-5);
}, 120_000);
