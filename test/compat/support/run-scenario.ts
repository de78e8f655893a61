import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { type LogicalRequest, Recorder } from './recorder.js';
import type { Scenario } from './scenarios.mjs';
import { SdkProcess, type SdkUnderTest } from './sdk-process.js';

/** What a scenario did on one SDK. */
export interface Run {
  /** What each phase returned. */
  readonly returned: readonly unknown[];
  /** Errors that reached the process; an application would have ended. */
  readonly crashes: readonly string[];
  readonly requests: readonly LogicalRequest[];
}

/** Runs all phases of a scenario on one storage folder (below `root`) and one server. */
export async function runScenario(
  sdk: SdkUnderTest,
  shared: SdkProcess,
  scenario: Scenario,
  root: string,
): Promise<Run> {
  const recorder = new Recorder();
  await recorder.start();
  const storage = mkdtempSync(join(root, 'storage-'));
  const conf = {
    app_key: 'APP',
    device_id: 'dev-1',
    app_version: '1.2',
    url: recorder.url + (scenario.urlPath ?? ''),
    storage_path: `${storage}/`,
    interval: 5,
    metrics: { _os: 'Linux', _os_version: '6.1' },
    ...scenario.conf,
  };
  const returned: unknown[] = [];
  const crashes: string[] = [];
  try {
    for (let phase = 0; phase < scenario.phases.length; phase++) {
      const process = scenario.ownProcess === true ? await SdkProcess.start(sdk, 'process') : shared;
      const result = await process.run({ name: scenario.name, phase, conf });
      returned.push(result.observed);
      await settled(process, recorder);
      crashes.push(...result.crashes);
      if (process !== shared) {
        if (process.exitCode !== undefined) crashes.push(`exit ${process.exitCode}`);
        await process.stop();
      }
    }
    return { returned, crashes, requests: recorder.requests };
  } finally {
    await recorder.stop();
  }
}

/** Two turns of the SDK's timers without a request. */
async function settled(process: SdkProcess, recorder: Recorder): Promise<void> {
  for (let quiet = 0; quiet < 2 && process.exitCode === undefined; quiet++) {
    const before = recorder.requests.length;
    await process.beat();
    if (recorder.requests.length !== before) quiet = -1;
  }
}
