import { execFile } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const ROOT = resolve(__dirname, '..');
const HERE = join(ROOT, '.test-out/fake-timers');

/**
 * All globals that Jest's fake timers can take stand still, in a process of their own: a test runner lives on some. Of
 * Node's own modules none changes, as in Jest.
 */
const STOP_TIME = `
  function stopTime() {
    const never = () => 0;
    for (const name of ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask']) globalThis[name] = never;
    for (const name of ['clearTimeout', 'clearInterval', 'clearImmediate']) globalThis[name] = () => {};
    Object.defineProperty(globalThis, 'performance', { value: { now: () => 0, timeOrigin: 0 }, configurable: true });
    const RealDate = Date;
    globalThis.Date = class extends RealDate {
      constructor(...at) { super(...(at.length === 0 ? [0] : at)); }
      static now() { return 0; }
    };
    globalThis.process = Object.assign(Object.create(process), { nextTick: never, hrtime: () => [0, 0] });
  }
`;

const SCENARIO = `
  const { createServer } = require('node:http');
  const [when, answers, folder] = process.argv.slice(1);
  const server = createServer((request, response) => {
    request.resume().on('end', () => answers === 'answers' && response.end('{"result":"Success"}'));
  });
  server.listen(0, '127.0.0.1', async () => {
    const url = 'http://127.0.0.1:' + server.address().port;
    if (when === 'before') stopTime();
    const { Countly } = require('./countly.cjs');
    if (when === 'after') stopTime();
    const logger = { error() {}, warn() {}, log() {} };
    const client = Countly.init({ url, appKey: 'k', storagePath: folder, serverSettings: false, healthCheck: false, logger });
    for (let n = 0; n < 50; n++) client.device('d' + n).addEvent('one');
    const flushed = await client.flush({ timeout: answers === 'answers' ? 5000 : 200 });
    client.addEvent('two');
    const closed = await client.close({ timeout: answers === 'answers' ? 5000 : 200 });
    server.closeAllConnections();
    server.close();
    process.stdout.write(JSON.stringify([flushed.delivered, closed.delivered, closed.pending]));
  });
`;

describe('a client under fake timers', () => {
  beforeAll(async () => {
    rmSync(HERE, { recursive: true, force: true });
    mkdirSync(HERE, { recursive: true });
    const common = { bundle: true, platform: 'node', logLevel: 'error' } as const;
    await build({ ...common, entryPoints: [join(ROOT, 'lib/scope/countly.ts')], outfile: join(HERE, 'countly.cjs') });
  });
  afterAll(() => rmSync(HERE, { recursive: true, force: true }));

  const outcome = async (when: string, answers: string): Promise<unknown> => {
    const args = ['-e', STOP_TIME + SCENARIO, '--', when, answers, join(HERE, `${when}-${answers}`)];
    const { stdout } = await run(process.execPath, args, { cwd: HERE, timeout: 10_000 });
    return JSON.parse(stdout);
  };

  it.each(['after', 'before'])(
    'that are installed %s the library is loaded delivers, flushes and closes',
    async (when) => {
      expect(await outcome(when, 'answers')).toEqual([50, 1, 0]);
    },
  );

  it.each(['after', 'before'])(
    'that are installed %s the library is loaded ends within its time when nobody answers',
    async (when) => {
      expect(await outcome(when, 'is silent')).toEqual([0, 0, 51]);
    },
  );
});
