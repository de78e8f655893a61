import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { compileLibrary } from './compile/compilers.js';

let library = '';
beforeAll(() => {
  library = compileLibrary('allocation');
}, 60_000);

/**
 * Bytes that one call of a decorated method leaves on the heap, in a process of its own: young objects are not collected
 * while it counts, and the compiler works in step with the program, so that a busy machine changes nothing.
 *
 * @param sink - the scope that takes the records and keeps nothing; `''` for no client at all
 */
function bytesPerCall(decorators: string, sink: string): number {
  const script = `
    const load = (name) => require(${JSON.stringify(library)} + '/decorators/' + name + '.js');
    const { TrackEvent } = load('track-event'), { TimedEvent } = load('track-event'), { TrackView } = load('track-view');
    const { ReportErrors } = load('report-errors'), { Trace } = load('trace'), { Breadcrumb } = load('breadcrumb');
    const { WithDevice } = load('with-device');
    const { registerClient } = require(${JSON.stringify(join(library, 'scope/current.js'))});
    class Work { total = 0; pay(amount, _currency) { this.total = (this.total + amount) | 0; return amount } }
    for (const decorator of [${decorators}]) {
      const descriptor = Object.getOwnPropertyDescriptor(Work.prototype, 'pay');
      Object.defineProperty(Work.prototype, 'pay', decorator(Work.prototype, 'pay', descriptor));
    }
    const view = { name: 'x', end() {} };
    const scope = { name: 'default', deviceId: 'd', isAllowed: () => true, addEvent() { taken++ }, trackView() { taken++; return view },
      addBreadcrumb() { taken++ }, logError() { taken++ }, reportTrace() { taken++ }, device() { return scope } };
    scope.client = scope;
    let taken = 0;
    ${sink}
    const work = new Work();
    const run = (n) => { for (let i = 0; i < n; i++) work.pay(i & 1023, 'EUR') };
    const CALLS = 100_000;
    for (let i = 0; i < 5; i++) run(CALLS);
    let least = Infinity;
    for (let i = 0; i < 5; i++) {
      gc();
      taken = 0;
      const before = process.memoryUsage().heapUsed;
      run(CALLS);
      least = Math.min(least, (process.memoryUsage().heapUsed - before) / CALLS);
    }
    console.log(least, taken / CALLS);
  `;
  const flags = [
    '--expose-gc',
    '--no-concurrent-recompilation',
    '--min-semi-space-size=64',
    '--max-semi-space-size=64',
  ];
  const [bytes, taken] = execFileSync(process.execPath, [...flags, '-e', script], { encoding: 'utf8' }).split(' ');
  records = Number(taken);
  return Number(bytes);
}
let records = 0;

const CLIENT = 'registerClient(scope);';
/** The smallest object has 16 bytes; less than that is what the measurement itself leaves. */
const NOTHING = 4;
const LITTLE = 500;
/** From Node 24 on AsyncLocalStorage makes two small maps whenever it is entered and left; that is Node's own. */
const FRAME = Number(process.versions.node.split('.')[0]) < 24 ? LITTLE : 4096;

describe('what a call of a decorated method allocates', () => {
  const ALL = "TrackEvent('a'), TimedEvent('b'), TrackView('c'), ReportErrors(), Trace('d'), Breadcrumb('e')";

  test('the measurement sees one small object a call', () => {
    expect(
      bytesPerCall("Breadcrumb('x')", `scope.addBreadcrumb = () => { kept = { taken } }; let kept; ${CLIENT}`),
    ).toBeGreaterThan(12);
  });

  test('without a client nothing, however many decorators', () => {
    expect(bytesPerCall(`${ALL}, WithDevice((call) => call.args[0])`, '')).toBeLessThan(NOTHING);
    expect(records).toBe(0);
  });

  // One object that stands for the call, and the arguments where somebody looks at them.
  test.each([
    ["TrackEvent('work')", 1],
    ["TrackEvent('work', { on: 'call', count: 2, sum: 3, segmentation: { plan: 'pro' } })", 1],
    ['ReportErrors()', 0],
    ["Breadcrumb('work')", 1],
    ["TrackView('work')", 1],
    ["TimedEvent('work')", 1],
    ["Trace('work')", 1],
    [
      "TrackView('work'), ReportErrors(), TrackEvent('work'), TrackEvent('failed', { on: 'error' }), Breadcrumb('x')",
      3,
    ],
  ])('%s: little beyond the entry', (decorators, entries) => {
    expect(bytesPerCall(decorators, CLIENT)).toBeLessThan(decorators.includes('ReportErrors') ? FRAME : LITTLE);
    expect(records).toBe(entries);
  });
});
