import { execFile } from 'node:child_process';
import { cpSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { compileLibrary } from './compile/compilers.js';

const ROOT = resolve(__dirname, '../..');
let library = '';

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a script in a process of its own, with a client that records and a `pay` that `@ReportErrors` watches. */
function inChild(script: string): Promise<Ended> {
  const prelude = `
    const { weave } = require(${JSON.stringify(join(library, 'decorators/plain.js'))});
    const { ReportErrors } = require(${JSON.stringify(join(library, 'decorators/report-errors.js'))});
    const { TimedEvent } = require(${JSON.stringify(join(library, 'decorators/track-event.js'))});
    const { registerClient } = require(${JSON.stringify(join(library, 'scope/current.js'))});
    const { deafScope } = require(${JSON.stringify(join(library, 'testing/transparency.js'))});
    const rxjs = require(${JSON.stringify(createRequire(join(ROOT, 'package.json')).resolve('rxjs'))});
    registerClient(Object.assign(Object.create(deafScope), { name: 'default', logError: () => console.log('reported') }));
    const watch = (fn) => weave(fn, ReportErrors(), TimedEvent('x', { on: 'settle' }));
  `;
  return new Promise((done) => {
    execFile(process.execPath, ['-e', prelude + script], (error, stdout, stderr) => {
      done({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

beforeAll(() => {
  library = compileLibrary('process');
}, 60_000);

describe('in a process of its own', () => {
  test('a forgotten rejection still ends the process as Node does', async () => {
    const script = (wrap: string) => `const pay = ${wrap}(async () => { throw new Error('forgotten') }); pay();`;
    const [woven, bare] = await Promise.all([inChild(script('watch')), inChild(script(''))]);
    expect(woven.code).toBe(bare.code);
    expect(woven.code).toBe(1);
    expect(woven.stdout).toBe('reported\n');
    expect(woven.stderr).toContain('Error: forgotten');
  });

  test('a rejection that is handled later stays unknown to unhandledRejection', async () => {
    const { code, stdout } = await inChild(`
      process.on('unhandledRejection', () => console.log('unhandled'));
      watch(async () => { throw new Error('x') })().catch(() => console.log('handled'));
    `);
    expect(code).toBe(0);
    expect(stdout).toBe('reported\nhandled\n');
  });

  test('a forgotten rejection is reported once, with its own reason', async () => {
    const { stdout } = await inChild(`
      const reason = { mine: true };
      process.on('unhandledRejection', (r) => console.log('unhandled', r === reason));
      watch(() => Promise.reject(reason))();
    `);
    expect(stdout).toBe('reported\nunhandled true\n');
  });

  test('an Observable error nobody handles reaches the report of rxjs', async () => {
    const script = (wrap: string) =>
      `${wrap}(() => rxjs.throwError(() => new Error('nobody')))().subscribe(() => {}); console.log('went on');`;
    const [woven, bare] = await Promise.all([inChild(script('watch')), inChild(script(''))]);
    expect(woven.code).toBe(bare.code);
    expect(woven.code).toBe(1);
    expect(woven.stdout).toBe('reported\nwent on\n');
    expect(woven.stderr).toContain('Error: nobody');
  });

  test('an Observable error goes to the report that was configured', async () => {
    const { code, stdout } = await inChild(`
      rxjs.config.onUnhandledError = (error) => console.log('rxjs', error.message);
      watch(() => rxjs.throwError(() => new Error('nobody')))().subscribe();
    `);
    expect(code).toBe(0);
    expect(stdout).toBe('reported\nrxjs nobody\n');
  });

  test('async stack traces still show the caller', async () => {
    const { stdout } = await inChild(`
      const pay = watch(async function pay() { await 1; throw new Error('x') });
      async function caller() { await pay() }
      caller().catch((error) => console.log(/at async caller/.test(error.stack)));
    `);
    expect(stdout).toBe('reported\ntrue\n');
  });

  test('loading and decorating keeps no process alive', async () => {
    expect(await inChild(`watch(() => 1)(); console.log('end')`)).toEqual({ code: 0, stdout: 'end\n', stderr: '' });
  });

  test('two copies of the package weave one method once, and report its failure once', async () => {
    const second = join(library, '../second');
    cpSync(library, second, { recursive: true, force: true });
    const { stdout } = await inChild(`
      const { ReportErrors: Other } = require(${JSON.stringify(join(second, 'decorators/report-errors.js'))});
      const { weaveMetadataOf } = require(${JSON.stringify(join(second, 'decorators/weave/woven.js'))});
      console.log(Other === ReportErrors);
      class Shop { pay() { throw 'declined' } buy() { return this.pay() } }
      const decorate = (decorator, name) => {
        const before = Object.getOwnPropertyDescriptor(Shop.prototype, name);
        Object.defineProperty(Shop.prototype, name, decorator(Shop.prototype, name, { ...before }));
        return Shop.prototype[name];
      };
      const once = decorate(ReportErrors(), 'pay');
      console.log(decorate(Other(), 'pay') === once, weaveMetadataOf(once).length);
      decorate(Other(), 'buy');
      try { new Shop().buy() } catch (error) { console.log(error) }
    `);
    expect(stdout).toBe('false\ntrue 2\nreported\ndeclined\n');
  });
});
