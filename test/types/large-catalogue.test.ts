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

interface Cost {
  /** How many types the compiler had to make of generic ones. */
  readonly instantiations: number;
  readonly seconds: number;
}

function costOf(name: string, source: string): Cost {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, `${name}.ts`), source);
  const project = join(FOLDER, `${name}.json`);
  writeFileSync(project, JSON.stringify({ extends: join(ROOT, 'tsconfig.json'), files: [`${name}.ts`], include: [] }));
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const said = execFileSync(process.execPath, [tsc, '-p', project, '--extendedDiagnostics'], { encoding: 'utf8' });
  const figure = (what: string) => Number(new RegExp(`${what}:\\s*([\\d.]+)`).exec(said)?.[1]);
  return { instantiations: figure('Instantiations'), seconds: figure('Check time') };
}

// What the compiler has to do is the same on every machine, however busy; how long that takes is not.
test('a catalogue of 500 events costs the compiler less than a thousand types an event', () => {
  const [plain, catalogued] = [costOf('plain', PLAIN), costOf('catalogued', CATALOGUED)];
  const more = catalogued.instantiations - plain.instantiations;
  process.stdout.write(
    `A catalogue of 500 events: ${more} types more, ${(catalogued.seconds - plain.seconds).toFixed(2)} s more to check.\n`,
  );
  expect(more).toBeGreaterThan(0);
  expect(more / KEYS.length).toBeLessThan(1000);
}, 120_000);
