import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterEach, describe, expect, it } from 'vitest';
import { Breadcrumb } from '../../lib/decorators/breadcrumb.js';
import { Instrument } from '../../lib/decorators/instrument.js';
import { ReportErrors } from '../../lib/decorators/report-errors.js';
import { Trace } from '../../lib/decorators/trace.js';
import { TimedEvent, TrackEvent } from '../../lib/decorators/track-event.js';
import { TrackView } from '../../lib/decorators/track-view.js';
import { WithDevice } from '../../lib/decorators/with-device.js';
import { Countly } from '../../lib/scope/countly.js';
import { Segment } from '../../lib/segmentation/segment.js';
import { RecordingClient } from '../support/recording-client.js';

const run = promisify(execFile);
type Anything = (...args: unknown[]) => unknown;

class Order {
  pay(): void {}
  static find(): void {}
}
const { pay } = Order.prototype;
const descriptor = { value: pay, writable: true, configurable: true };
const context = { kind: 'method', name: 'pay', static: false, addInitializer() {} };

describe('a decorator without parentheses says so', () => {
  const decorators = { TrackEvent, TimedEvent, TrackView, Trace, ReportErrors, Breadcrumb, WithDevice };
  const uses: [string, unknown[]][] = [
    ['on a method', [Order.prototype, 'pay', descriptor]],
    ['on a static method', [Order, 'find', descriptor]],
    ['on a method with a symbol', [Order.prototype, Symbol('pay'), descriptor]],
    ['in the standard dialect', [pay, context]],
  ];
  for (const [name, decorator] of Object.entries(decorators)) {
    it.each(uses)(`@${name} %s`, (_, args) => {
      expect(() => (decorator as Anything)(...args)).toThrow(`@${name} stands without parentheses`);
    });
  }
  it('@Segment and @Instrument', () => {
    expect(() => (Segment as Anything)(Order.prototype, 'pay', 0)).toThrow('@Segment stands without parentheses');
    expect(() => (Segment as Anything)(Order, 'find', 1)).toThrow('@Segment stands without parentheses');
    expect(() => (Instrument as Anything)(Order)).toThrow('@Instrument stands without parentheses');
  });
});

describe('a name that is nearly right is answered with the one that is meant', () => {
  it.each<[string, () => unknown, string]>([
    ['an option of a decorator', () => TrackEvent({ segmentaton: {} } as never), 'did you mean "segmentation"?'],
    ['another spelling', () => Trace('x', { response_code: () => 200 } as never), 'did you mean "responseCode"?'],
    ['an option of a client', () => new Countly({ flushIntervall: 1 } as never), 'did you mean "flushInterval"?'],
    ['a nested option', () => Instrument({ trace: true, execpt: [] } as never), 'did you mean "except"?'],
  ])('%s', (_, use, message) => {
    expect(use).toThrow(message);
  });
});

describe('where nothing is recorded, it is said', () => {
  let clients: RecordingClient[] = [];
  const client = (name?: string) => {
    const made = new RecordingClient(name).register();
    clients.push(made);
    return made;
  };
  afterEach(() => {
    for (const one of clients) one.unregister();
    clients = [];
  });

  it.each([
    ['a number', 4, 'got 4'],
    ['an empty text', '', 'got an empty text'],
    ['an object', { id: 'secret' }, 'got a value of type object'],
    ['nothing', undefined, 'got undefined'],
  ])('a `device` callback that gives %s: with the method and the decorator', (_, id, got) => {
    class Jobs {
      @TrackEvent('ran', { device: () => id as never })
      run(): void {}
      @WithDevice(() => id as never)
      @TrackView('Job')
      start(): void {}
    }
    const { warnings, records } = client();
    new Jobs().run();
    new Jobs().start();
    const [option, withDevice] = warnings;
    expect(option).toContain(`Option \`device\` of @TrackEvent on Jobs.run must give a non-empty text, ${got}`);
    expect(withDevice).toContain(`The function of @WithDevice on Jobs.start must give a non-empty text, ${got}`);
    expect(records.filter(({ kind }) => kind === 'event')).toEqual([]);
    expect(warnings.join()).not.toContain('secret');
  });

  class Till {
    @TrackEvent('paid')
    pay(): void {}
    @TrackEvent('told', { segmentation: ({ args }) => ({ n: args.length }) })
    tell(): void {}
    @TrackEvent('billed', { client: 'biling' })
    bill(): void {}
  }

  it('by a decorator without a client, while there is only a named one', () => {
    const { warnings, records } = client('billing');
    new Till().pay();
    new Till().tell();
    expect(warnings[0]).toContain('A decorator on Till.pay: no client "default" is there (there is "billing")');
    expect(warnings[0]).toContain('option `client`');
    expect(records).toEqual([]);
  });

  it('by a decorator whose client has another name', () => {
    const { warnings } = client('billing');
    client();
    new Till().bill();
    expect([...warnings, ...clients.flatMap((one) => one.warnings)].join()).toContain(
      'Till.bill: no client "biling" is there (did you mean "billing"?)',
    );
  });

  it('by nobody when all is well', () => {
    const { warnings } = client();
    client('biling');
    for (const method of ['pay', 'tell', 'bill'] as const) new Till()[method]();
    expect(warnings).toEqual([]);
  });

  it('with COUNTLY_DEBUG even when there is no client at all, once', async () => {
    const root = resolve(__dirname, '../..');
    const outfile = join(root, '.test-out/messages/plain.cjs');
    await build({
      entryPoints: [join(root, 'lib/index.ts')],
      outfile,
      bundle: true,
      platform: 'node',
      logLevel: 'error',
    });
    const script = `const { weave, TrackEvent } = require(${JSON.stringify(outfile)});
      const pay = weave(() => 1, TrackEvent('paid')); pay(); pay();`;
    const said = async (debug: string) =>
      (await run(process.execPath, ['-e', script], { env: { ...process.env, COUNTLY_DEBUG: debug }, cwd: root }))
        .stderr;
    expect((await said('1')).match(/while there is no client: nothing is recorded/g)).toHaveLength(1);
    expect(await said('')).toBe('');
    rmSync(join(root, '.test-out/messages'), { recursive: true, force: true });
  });
});

describe('two clients of one name', () => {
  it('are told of, and a decorator records once, through the later while it lives', async () => {
    const warnings: string[] = [];
    const logger = { error() {}, log() {}, warn: (line: string) => void warnings.push(line) };
    const options = { url: 'http://127.0.0.1:9', appKey: 'k', durability: 'memory', testMode: true, logger } as const;
    const [first, second] = [Countly.init(options), Countly.init(options)];
    expect(warnings).toEqual([expect.stringContaining('There is a client "default" already')]);
    class Shop {
      @TrackEvent('visited')
      visit(): void {}
    }
    new Shop().visit();
    expect([first.stats().accepted, second.stats().accepted]).toEqual([0, 1]);
    await second.close({ timeout: 0 });
    new Shop().visit();
    expect(first.stats().accepted).toBe(1);
    await first.close({ timeout: 0 });
    const third = Countly.init(options);
    const other = Countly.init({ ...options, name: 'other' });
    expect(warnings).toHaveLength(1);
    await Promise.all([third.close({ timeout: 0 }), other.close({ timeout: 0 })]);
  });
});
