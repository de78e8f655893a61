import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** As built: the build makes the object of the default export the module itself. */
const FILE = JSON.stringify(join(__dirname, '../../dist/compat.js'));
const said = 'console.log(typeof Countly.init, typeof Countly.begin_session, Countly.StorageTypes.FILE)';
const run = (source: string, type: 'commonjs' | 'module') =>
  execFileSync(process.execPath, [`--input-type=${type}`, '-e', source], { encoding: 'utf8' }).trim();

describe('the module is the object itself, as the official package is', () => {
  it.each<[string, 'commonjs' | 'module', string]>([
    ['require', 'commonjs', `const Countly = require(${FILE});`],
    ['require and a name', 'commonjs', `const { Countly } = require(${FILE});`],
    ['import', 'module', `import Countly from ${FILE};`],
    ['import and a name', 'module', `import { Countly } from ${FILE};`],
    ['what compilers make of an import', 'commonjs', `const Countly = require(${FILE}).default;`],
    ['import()', 'module', `const { default: Countly } = await import(${FILE});`],
  ])('by %s', (_what, type, source) => {
    expect(run(`${source} ${said}`, type)).toBe('function function file');
  });

  it('and one, however it is loaded: a setting on it is one of the client', () => {
    const source = `import Countly, { Countly as named, CountlyBulk, CountlySdk, importQueueFiles } from ${FILE};
      Countly.device_id = 'set before';
      console.log(named === Countly, named.device_id, [CountlyBulk, CountlySdk, importQueueFiles].map((one) => typeof one).join());`;
    expect(run(source, 'module')).toBe('true set before function,function,function');
  });
});
