import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildCompat } from './support/build-compat.js';
import { Recorder } from './support/recorder.js';

const compat = buildCompat();
let recorder: Recorder;
let folder: string;

beforeEach(async () => {
  recorder = new Recorder();
  await recorder.start();
  folder = mkdtempSync(join(tmpdir(), 'compat-process-'));
});
afterEach(async () => {
  await recorder.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
});
afterAll(() => compat.remove());

/** Runs a script that has `Countly` and `conf`; resolves with its exit code. */
async function run(script: string): Promise<{ code: number | null; output: string }> {
  const conf = { app_key: 'APP', url: recorder.url, storage_path: folder, device_id: 'd', interval: 20 };
  const source = `const { Countly } = require(${JSON.stringify(compat.module)}); const conf = ${JSON.stringify(conf)}; ${script}`;
  const child = spawn(process.execPath, ['-e', source], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stderr.on('data', (chunk) => {
    output += String(chunk);
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
}

const crashes = () => recorder.requests.flatMap(({ params }) => (params['crash'] ? [params['crash']] : []));

describe('the end of a process', () => {
  it('comes by itself, with everything delivered (fault 6)', async () => {
    const { code } = await run("Countly.init(conf); Countly.begin_session(); Countly.add_event({ key: 'last' });");
    expect(code).toBe(0);
    const sent = recorder.requests.map(({ params }) => params);
    expect(sent.filter(({ begin_session }) => begin_session)).toHaveLength(1);
    expect(sent.flatMap(({ events }) => events ?? [])).toMatchObject([{ key: 'last' }]);
  });

  it.each([
    ['throw null', 'setImmediate(() => { throw null; });'],
    ['an unhandled rejection', "Promise.reject(new Error('rejected'));"],
  ])('by %s keeps the exit code, and reports with the next start (fault 19)', async (_what, end) => {
    const { code } = await run(`Countly.init(conf); Countly.track_errors({ release: 'r1' }); ${end}`);
    expect(code).toBe(1);
    await run('Countly.init(conf); setTimeout(() => {}, 300);');
    expect(crashes()).toMatchObject([{ _nonfatal: false, _custom: { release: 'r1' } }]);
  });
});
