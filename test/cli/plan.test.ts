import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Application } from './support/application.js';

const SHOP = `import { defineEvents, Instrument, TimedEvent, Trace, TrackEvent, TrackView } from 'countly-weave';

export const events = defineEvents({
  checkout: { description: 'Paid', owner: 'payments', segmentation: { plan: ['free', 'pro'], note: 'string?' } },
  by_hand: { segmentation: { user_id: 'string' } },
});

export class Shop {
  @events.TrackEvent('checkout', { segmentation: () => ({ plan: 'pro' as const }), sum: 3 })
  @TimedEvent({ on: 'settle', sample: 0.5 })
  async pay(): Promise<void> {}

  @TrackEvent('orders.placed', {
    segmentation: { area: 'shop', big: true },
    when: () => true,
    client: 'billing',
  })
  static place(): void {}

  @TrackView('Page', { segmentation: (call) => ({ n: call.args.length }) })
  @Trace()
  look(): void {}
}

export class Special extends Shop {
  @TrackEvent('$system.')
  extra(): void {}
}

@Instrument({ trace: false })
export class Watched {
  work(): void {}
}
`;

const lineOf = (text: string): number => SHOP.split('\n').findIndex((line) => line.includes(text)) + 1;

const DIALECTS = [
  ['CommonJS, legacy decorators', { type: 'commonjs', legacy: true }],
  ['ES modules, legacy decorators', { type: 'module', legacy: true }],
  ['CommonJS, standard decorators', { type: 'commonjs', legacy: false }],
  ['ES modules, standard decorators', { type: 'module', legacy: false }],
] as const;

describe.each(DIALECTS)('the plan of an application in %s', (name, dialect) => {
  let app: Application;
  let entries: Record<string, unknown>[];
  const find = (kind: string, key: string | null) =>
    entries.find((entry) => entry['kind'] === kind && entry['key'] === key);
  beforeAll(() => {
    app = new Application(name.replace(/\W/g, '')).write('src/shop.ts', SHOP).compile(dialect);
    ({ entries } = app.plan('dist/shop.js'));
  });
  afterAll(() => app.remove());

  it('names class, method, and the line of the method in the sources', () => {
    expect(find('event', 'checkout')).toMatchObject({
      ...{ decorator: '@TrackEvent', class: 'Shop', method: 'pay', keyFrom: 'given', sum: true, moment: 'success' },
      source: { file: 'src/shop.ts', line: lineOf('async pay') },
      ...{ description: 'Paid', owner: 'payments', consent: 'events' },
    });
    expect(find('event', 'orders.placed')).toMatchObject({ source: { line: lineOf('static place') }, class: 'Shop' });
    expect(find('view', 'Page')).toMatchObject({
      source: { line: lineOf('look()') },
      consent: 'views',
      moment: 'call',
    });
    expect(find('error', null)).toMatchObject({ class: 'Watched', method: 'work', consent: 'crashes' });
    expect(find('event', '$system.')).toMatchObject({ class: 'Special', method: 'extra' });
  });

  it('works out default keys, moments and samples', () => {
    expect(find('timed-event', 'Shop_pay')).toMatchObject({ keyFrom: 'default', moment: 'settle', sample: 0.5 });
    expect(find('trace', 'Shop_look')).toMatchObject({ keyFrom: 'default', consent: 'apm' });
    expect(find('event', 'orders.placed')).toMatchObject({ conditional: true, client: 'billing' });
  });

  it('knows segments, and says where it does not', () => {
    expect(find('event', 'checkout')).toMatchObject({
      segments: { plan: { type: 'string', values: ['free', 'pro'] }, note: { type: 'string', optional: true } },
      moreSegments: false,
    });
    expect(find('event', 'orders.placed')?.['segments']).toEqual({
      area: { type: 'string', values: ['shop'], from: 'decorator' },
      big: { type: 'boolean', values: [true], from: 'decorator' },
    });
    expect(find('view', 'Page')).toMatchObject({ segments: {}, moreSegments: true });
  });

  it('has what a catalogue defines and no decorator records', () => {
    expect(find('event', 'by_hand')).toMatchObject({ decorator: null, source: { line: lineOf('defineEvents({') } });
  });

  it('says what is at risk', () => {
    const codes = (kind: string, key: string) =>
      ((find(kind, key)?.['risks'] ?? []) as { code: string }[]).map(({ code }) => code);
    expect(codes('event', 'orders.placed')).toEqual(['dots']);
    expect(codes('event', '$system.')).toEqual(['dots', 'dropped-key']);
    expect(codes('event', 'by_hand')).toEqual(['high-cardinality']);
    expect(codes('event', 'checkout')).toEqual([]);
  });

  it('obeys the JSON Schema that the command prints', () => {
    const schema = JSON.parse(app.run('plan', '--schema').stdout) as object;
    const validate = new Ajv({ allowUnionTypes: true }).compile(schema);
    expect(validate({ version: 1, entries }), JSON.stringify(validate.errors)).toBe(true);
    expect(validate({ version: 1, entries: [{ ...entries[0], kind: 'other' }] })).toBe(false);
  });
});

describe('the segments of a class', () => {
  it('are those that class-transformer exposes, with their types', () => {
    const app = new Application('classes').write(
      'src/shop.ts',
      `import { Exclude, Expose, Transform } from 'class-transformer';
import { Segment, TrackEvent } from 'countly-weave';
class Order {
  @Expose({ name: 'tier' }) plan!: string;
  @Exclude() email!: string;
  @Expose() amount!: number;
  @Expose() @Transform(({ value }) => value > 3) large!: number;
  @Expose() @Transform(({ value }) => value.nothing.there) odd!: number;
  @Expose({ groups: ['admin'] }) inner!: string;
}
export class Shop {
  @TrackEvent('ordered', { segmentation: Order })
  order(_order: Order): void {}
  @TrackEvent('paid')
  pay(@Segment('currency') _c: string, @Segment('count') _n: number, @Segment('order') _o: Order, @Segment() _x: object): void {}
}
`,
    );
    const { entries } = app.compile({ type: 'commonjs', legacy: true }).plan('dist/shop.js');
    const segments = (key: string) =>
      entries.find((entry) => entry['key'] === key)?.['segments'] as Record<string, { type: string }>;
    const types = (key: string) =>
      Object.fromEntries(Object.entries(segments(key)).map(([name, { type }]) => [name, type]));
    expect(types('ordered')).toEqual({ tier: 'string', amount: 'number', large: 'boolean', odd: 'unknown' });
    expect(types('paid')).toEqual({
      ...{ currency: 'string', count: 'number' },
      ...{ order_tier: 'string', order_amount: 'number', order_large: 'boolean', order_odd: 'unknown' },
    });
    expect(entries.find((entry) => entry['key'] === 'paid')).toMatchObject({ moreSegments: true });
    app.remove();
  });
});

describe('an application of Nest', () => {
  it('shows key prefixes, and decorators that no client reaches', () => {
    const app = new Application('nest').write(
      'src/app.module.ts',
      `import { Injectable, Module } from '@nestjs/common';
import { TrackEvent } from 'countly-weave';
import { CountlyModule } from 'countly-weave/nest';
@Injectable()
class Orders {
  @TrackEvent('placed') place(): void {}
  @TrackEvent('billed', { client: 'billing' }) bill(): void {}
  @TrackEvent('lost', { client: 'nowhere' }) lose(): void {}
}
@Module({ imports: [CountlyModule.forFeature({ keyPrefix: 'orders_' })], providers: [Orders] })
class OrdersModule {}
@Module({ imports: [OrdersModule, CountlyModule.forRoot({ url: 'http://127.0.0.1:1', appKey: 'k' }),
  CountlyModule.forRootAsync({ name: 'billing', useFactory: () => ({}) })] })
export class AppModule {}
`,
    );
    const { entries } = app.compile({ type: 'commonjs', legacy: true }).plan('dist/app.module.js');
    const risks = entries.map(({ key, risks }) => [key, (risks as { code: string }[]).map(({ code }) => code)]);
    expect(risks).toEqual([
      ['orders_billed', []],
      ['orders_lost', ['no-client']],
      ['orders_placed', []],
    ]);
    app.remove();
  });
});

describe('what cannot be known', () => {
  it('is said: a key that is computed, two methods with one key, one segment of two types', () => {
    const app = new Application('dynamic').write(
      'src/shop.ts',
      `import { TrackEvent } from 'countly-weave';
function made(key: string) {
  class Made {
    @TrackEvent(key) run(): void {}
  }
  return Made;
}
export const all = ['a', 'b', 'a'].map(made);
export class One { @TrackEvent('same', { segmentation: { size: 'x' } }) run(): void {} }
export class Two { @TrackEvent('same', { segmentation: { size: 5 } }) run(): void {} }
`,
    );
    const { entries } = app.compile({ type: 'module', legacy: true }).plan('dist/shop.js');
    expect(entries.filter(({ key }) => key === 'same').map(({ source }) => (source as { line: number }).line)).toEqual([
      9, 10,
    ]);
    const codes = (key: string) =>
      entries
        .filter((entry) => entry['key'] === key)
        .map(({ risks }) => (risks as { code: string }[]).map(({ code }) => code));
    expect(codes('a')[0]).toContain('dynamic-key');
    expect(codes('same')).toEqual([
      ['retyped', 'duplicate'],
      ['retyped', 'duplicate'],
    ]);
    expect(codes('b')[0]).toContain('dynamic-key');
    app.remove();
  });
});

describe('the command', () => {
  const app = new Application('command');
  beforeAll(() => {
    app.write('src/shop.ts', SHOP).compile({ type: 'commonjs', legacy: true });
    app.run('plan', '--load', 'dist/shop.js', '--out', 'accepted.json');
  });
  afterAll(() => app.remove());
  const edited = (from: string, to: string) =>
    app.write('src/shop.ts', SHOP.replace(from, to)).compile({ type: 'commonjs', legacy: true });

  it('says which version it is', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(app.run('--version')).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('writes JSON and Markdown, the same each time', () => {
    expect(app.run('plan', '--load', 'dist/shop.js')).toMatchObject({ status: 0, stderr: '' });
    const [json, markdown] = ['json', 'md'].map((end) =>
      readFileSync(join(app.folder, `tracking-plan.${end}`), 'utf8'),
    );
    expect(JSON.parse(json ?? '')).toMatchObject({ version: 1 });
    expect(markdown).toContain('| `checkout` | @TrackEvent Shop.pay (src/shop.ts:');
    app.run('plan', '--load', 'dist/shop.js', '--out', 'again.json');
    expect(readFileSync(join(app.folder, 'again.json'), 'utf8')).toBe(json);
    expect(json).not.toContain(app.folder);
  });

  it('accepts what has not changed, and what is new', () => {
    app.run('plan', '--load', 'dist/shop.js', '--out', 'plan.json');
    expect(app.run('plan', '--load', 'dist/shop.js', '--check', 'plan.json')).toMatchObject({
      status: 0,
      stdout: 'The plan is as it was.\n',
    });
    // Lines move all the time.
    edited(
      'export class Shop',
      "\n\nexport class More {\n  @TrackEvent('more')\n  more(): void {}\n}\nexport class Shop",
    );
    const { status, stdout } = app.run('plan', '--load', 'dist/shop.js', '--check', 'plan.json');
    expect(status).toBe(0);
    expect(stdout).toBe('- + added: event more is new (More.more) [src/shop.ts:12]\n');
  });

  it.each([
    ['removed', "@TrackEvent('$system.')", '', 'removed: event $system. is no longer recorded (was Special.extra)'],
    [
      'renamed',
      "@TrackEvent('orders.placed'",
      "@TrackEvent('orders_placed'",
      'renamed: event orders.placed is now event orders_placed (Shop.place)',
    ],
    ['retyped', 'big: true', "big: 'yes'", 'retyped: event orders.placed segment "big" was boolean and is string'],
    ['without a segment', ', big: true', '', 'retyped: event orders.placed lost segment "big"'],
    ['without its duration', '@TimedEvent(', '@TrackEvent(', 'retyped: event Shop_pay carries no duration any more'],
  ])('fails on an event that was %s', (_what, from, to, message) => {
    edited(from, to);
    const checked = app.run('plan', '--load', 'dist/shop.js', '--check', 'accepted.json');
    expect(checked.status).toBe(1);
    expect(checked.stdout).toContain(message);
    app.run('plan', '--load', 'dist/shop.js', '--out', 'new.json');
    expect(app.run('plan', '--diff', 'accepted.json', 'new.json')).toMatchObject({ status: 1, stdout: checked.stdout });
    const github = app.run('plan', '--diff', 'accepted.json', 'new.json', '--format', 'github').stdout;
    expect(github).toMatch(/^::error( file=src\/shop\.ts,line=\d+)?::/);
  });

  it('says that two catalogues define one key in different ways, and fails on it in a check', () => {
    const twice = (segmentation: string) =>
      app
        .write('src/shop.ts', `${SHOP}export * from './other';\n`)
        .write(
          'src/other.ts',
          `import { defineEvents } from 'countly-weave';\nexport const more = defineEvents({ checkout: { segmentation: ${segmentation} }, refund: {} });\n`,
        )
        .compile({ type: 'commonjs', legacy: true });
    twice("{ note: 'string?', plan: ['free', 'pro'] }");
    app.run('plan', '--load', 'dist/shop.js', '--out', 'plan.json');
    expect(app.run('plan', '--load', 'dist/shop.js', '--check', 'plan.json')).toMatchObject({ status: 0, stderr: '' });
    twice("{ plan: 'number' }");
    const plan = app.plan('dist/shop.js').entries;
    const risks = plan.find(({ key }) => key === 'checkout')?.['risks'] as { code: string; message: string }[];
    expect(risks.map(({ code }) => code)).toEqual(['defined-twice']);
    for (const part of [
      'plan: "free" or "pro"',
      `src/shop.ts:${lineOf('defineEvents({')}`,
      'plan: number',
      'src/other.ts:2',
    ]) {
      expect(risks[0]?.message).toContain(part);
    }
    app.run('plan', '--load', 'dist/shop.js', '--out', 'plan.json');
    const checked = app.run('plan', '--load', 'dist/shop.js', '--check', 'plan.json');
    expect(checked).toMatchObject({ status: 1, stderr: expect.stringContaining('define one key in two ways') });
    expect(checked.stdout.match(/defined-twice: event checkout/g)).toHaveLength(1);
    expect(app.run('plan', '--load', 'dist/shop.js', '--format', 'github').stdout).toContain('::warning');
    edited('', '');
  });

  it('starts nothing and opens nothing', () => {
    app.write('dist/main.js', "require('node:http').createServer().listen(0); setInterval(() => {}, 1000);");
    const { status, stderr } = app.run('plan', '--load', 'dist/main.js');
    expect(status).toBe(1);
    expect(stderr).toContain('Give the module that declares the application');
    app.write(
      'dist/late.js',
      "require('./shop.js'); setInterval(() => {}, 1000); setImmediate(() => require('node:net').connect(1, '127.0.0.1'));",
    );
    expect(app.run('plan', '--load', 'dist/late.js').status).toBe(0);
    app.write(
      'dist/init.js',
      "const { Countly } = require('countly-weave'); Countly.init({ url: 'http://127.0.0.1:1', appKey: 'k', storagePath: 'kept' }).addEvent('x');",
    );
    expect(app.run('plan', '--load', 'dist/init.js').status).toBe(0);
    expect(() => readFileSync(join(app.folder, 'kept'))).toThrow('ENOENT');
  });

  it.each([
    ['ends the process', 'late.cjs', 'process.exit(0);'],
    ['ends it well, as it says', 'late.cjs', "process.on('exit', () => { process.exitCode = 0; }); process.exit(0);"],
    ['ends it without a word', 'late.cjs', 'process.reallyExit(0);'],
    ['ends it while it is loaded', 'late.mjs', 'await new Promise((go) => setTimeout(go, 20)); process.reallyExit(0);'],
    ['waits for what never comes', 'late.mjs', 'await new Promise(() => {});'],
  ])('never passes for a check when the application %s', (_, file, source) => {
    app.run('plan', '--load', 'dist/shop.js', '--out', 'plan.json');
    app.write(`dist/${file}`, source);
    const { status, stderr } = app.run('plan', '--load', `dist/${file}`, '--check', 'plan.json');
    expect(status).toBe(1);
    expect(stderr).toContain(`dist/${file} cannot be loaded`);
  });

  it('waits no longer than it may for a module that keeps itself busy', () => {
    app.write('dist/busy.mjs', 'setInterval(() => {}, 50); await new Promise(() => {});');
    const { status, stderr } = app.run('plan', '--load', 'dist/busy.mjs', '--timeout', '1');
    expect(status).toBe(1);
    expect(stderr).toContain('dist/busy.mjs cannot be loaded: it is not done after 1 s');
  });

  it.each([
    ['in a loop', 'for (;;);'],
    ['waiting for another program', "require('node:child_process').execSync('sleep 20');"],
  ])('ends by a signal when the module is busy for ever, %s', (_, source) => {
    app.write('dist/busy.cjs', source);
    const { status, signal, stderr, stdout } = app.run('plan', '--load', 'dist/busy.cjs', '--timeout', '1');
    expect({ status, signal, stdout }).toEqual({ status: null, signal: 'SIGKILL', stdout: '' });
    expect(stderr).toContain('dist/busy.cjs cannot be loaded: it is not done after 1 s');
  });

  it.each([
    ['prints', "console.log('noise'); process.stdout.write('more')"],
    ['prints later', "process.on('beforeExit', () => console.log('noise')); setImmediate(() => console.log('noise'))"],
    ['cannot print', "console.log = process.stdout.write = () => { throw new Error('odd'); }"],
    ['has an own end', "process.on('exit', () => { process.exitCode = 7; }); process.exit = () => {}"],
  ])('gives its own answer, and that alone, when the application %s', (_, source) => {
    app.write('dist/own.js', `require('./shop.js'); ${source};`);
    const { status, stdout } = app.run('plan', '--load', 'dist/own.js', '--format', 'json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ version: 1 });
  });

  it.each([
    'throw Object.create(null)',
    'throw { toString() { throw 1; } }',
    'throw undefined',
    "throw new Error('x')",
  ])('names the module that cannot be loaded: %s', (source) => {
    app.write('dist/throws.js', source);
    const { status, stderr } = app.run('plan', '--load', 'dist/throws.js');
    expect(status).toBe(1);
    expect(stderr).toContain('countly-weave: dist/throws.js cannot be loaded: ');
  });

  it.each([
    ['a mark in front', (text: string) => `\ufeff${text}`, 'utf8'],
    ['two bytes a character', (text: string) => `\ufeff${text}`, 'utf16le'],
  ] as const)('reads a plan that Windows wrote with %s', (_, made, encoding) => {
    app.run('plan', '--load', 'dist/shop.js', '--out', 'plan.json');
    const text = readFileSync(join(app.folder, 'plan.json'), 'utf8');
    writeFileSync(join(app.folder, 'plan.json'), made(text), encoding);
    expect(app.run('plan', '--load', 'dist/shop.js', '--check', 'plan.json')).toMatchObject({ status: 0, stderr: '' });
  });

  it.each(['markdown', 'json', 'github'])('shows no name that does something to a terminal: %s', (format) => {
    app.run('plan', '--load', 'dist/shop.js', '--out', 'plan.json');
    const text = readFileSync(join(app.folder, 'plan.json'), 'utf8');
    // As they stand in JSON, so that they are characters of the name.
    app.write('odd.json', text.replaceAll('checkout', String.raw`x\u001b[2J\u202ey\u009b`));
    const { stdout } = app.run('plan', '--diff', 'odd.json', 'plan.json', '--format', format);
    expect(stdout).toContain('[2J');
    for (const character of ['\u001b', '\u009b', '\u202e']) expect(stdout).not.toContain(character);
  });

  it('compares plans of many entries of one key', () => {
    app.run('plan', '--load', 'dist/shop.js', '--out', 'plan.json');
    const plan = JSON.parse(readFileSync(join(app.folder, 'plan.json'), 'utf8')) as { entries: unknown[] };
    app.write('many.json', JSON.stringify({ ...plan, entries: Array.from({ length: 50_000 }, () => plan.entries[0]) }));
    expect(app.run('plan', '--diff', 'many.json', 'many.json')).toMatchObject({ status: 0, stderr: '' });
  });

  it('writes where it was started, wherever the application goes', () => {
    app.write('dist/away.js', "require('./shop.js'); process.chdir(__dirname);");
    expect(app.run('plan', '--load', 'dist/away.js', '--out', 'here.json').status).toBe(0);
    expect(readFileSync(join(app.folder, 'here.json'), 'utf8')).toContain('checkout');
  });

  it.each([
    [[], 0, ''],
    [['plan'], 2, 'option "--load": expected a compiled module such as dist/app.module.js, got nothing'],
    [['plna'], 2, 'command: expected "plan", "relay" or "fleet", got "plna"'],
    [['plan', '--load', 'none.js'], 1, 'option "--load": expected a compiled module, but there is no file none.js'],
    [
      ['plan', '--load', 'dist/shop.js', '--format', 'xml'],
      2,
      'option "--format": expected json, markdown or github, got "xml"',
    ],
    [['plan', '--load', 'dist/shop.js', '--check', 'none.json'], 1, 'plan "none.json" cannot be read: ENOENT'],
    [['plan', '--load', 'dist/shop.js', '--check', 'package.json'], 1, 'package.json: expected a tracking plan'],
    [['plan', '--diff', 'a.json'], 2, 'option "--diff": expected two plans after it, got "1"'],
    [['plan', '--load', 'x', '--timeout', 'long'], 2, 'option "--timeout": expected seconds, got "long"'],
    [['plan', '--lod', 'x'], 2, "'--lod'"],
  ])('tells what is wrong with %j', (args, status, message) => {
    const ran = app.run(...args);
    expect(ran.status).toBe(status);
    expect(ran.stderr).toContain(message);
  });
});

it('an application of 500 decorated methods takes less than 5 s', () => {
  const classes = Array.from(
    { length: 50 },
    (_, c) =>
      `export class C${c} {\n${Array.from({ length: 10 }, (_, m) => `  @TrackEvent('e_${c}_${m}') m${m}(): void {}`).join('\n')}\n}`,
  );
  const app = new Application('large').write(
    'src/app.ts',
    `import { TrackEvent } from 'countly-weave';\n${classes.join('\n')}`,
  );
  app.compile({ type: 'commonjs', legacy: true });
  const started = performance.now();
  expect(app.plan('dist/app.js').entries).toHaveLength(500);
  expect(performance.now() - started).toBeLessThan(5000);
  app.remove();
});
