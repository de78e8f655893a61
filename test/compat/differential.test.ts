import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCompat } from './support/build-compat.js';
import { isKnown, KNOWN_DIFFERENCES } from './support/known-differences.js';
import { type Difference, differences, type Normalised, normalise } from './support/normalise.js';
import { runScenario } from './support/run-scenario.js';
import { type Scenario, scenarios } from './support/scenarios.mjs';
import { SdkProcess, type SdkUnderTest } from './support/sdk-process.js';

const OFFICIAL: SdkUnderTest = { module: 'countly-sdk-nodejs' };
const compat = buildCompat();
/** The official SDK is not the same each time: it loses a crash (fault 5), or sends again what a halt met (fault 6). */
const OFFICIAL_ATTEMPTS = 10;
const root = mkdtempSync(join(tmpdir(), 'compat-differential-'));
const found = new Map<string, readonly Difference[]>();
const seen = new Map<string, Normalised>();

async function run(sdk: SdkUnderTest, process: SdkProcess, scenario: Scenario): Promise<Normalised> {
  return normalise(await runScenario(sdk, process, scenario, root), scenario.measured);
}

const unknownOf = (name: string, list: readonly Difference[]): readonly Difference[] =>
  list.filter((difference) => !KNOWN_DIFFERENCES.some((known) => isKnown(known, name, difference)));

/** Ours runs once. The official SDK gets more tries only where it did not do the same. */
async function compare(scenario: Scenario, official: SdkProcess, ours: SdkProcess): Promise<void> {
  const { name } = scenario;
  const [first, own] = await Promise.all([run(OFFICIAL, official, scenario), run(compat, ours, scenario)]);
  let list = differences(first, own);
  for (let tries = 1; tries < OFFICIAL_ATTEMPTS && unknownOf(name, list).length > 0; tries++) {
    list = differences(await run(OFFICIAL, official, scenario), own);
  }
  found.set(name, list);
  seen.set(name, own);
}

beforeAll(async () => {
  const [official, ours] = await Promise.all([SdkProcess.start(OFFICIAL), SdkProcess.start(compat)]);
  // All at once: they wait most of the time.
  await Promise.all(scenarios.map((scenario) => compare(scenario, official, ours)));
  await Promise.all([official.stop(), ours.stop()]);
}, 120_000);

afterAll(() => {
  compat.remove();
  rmSync(root, { recursive: true, force: true, maxRetries: 10 });
});

describe('the compat does what the official SDK does', () => {
  it.each(scenarios.map(({ name }) => name))('%s', (name) => {
    expect(unknownOf(name, found.get(name) ?? [])).toEqual([]);
    expect(Object.keys(seen.get(name) ?? {}).length, 'something was sent or returned').toBeGreaterThan(0);
  });
});

describe('known differences', () => {
  // A difference that is gone belongs out of the list, and out of the migration page.
  it.each(
    KNOWN_DIFFERENCES.map((known) => [`${known.scenario ?? 'any'}: ${known.at.source} – ${known.why}`, known] as const),
  )('%s', (_name, known) => {
    const matches = [...found].some(([name, list]) => list.some((difference) => isKnown(known, name, difference)));
    expect(matches).toBe(true);
  });
});
