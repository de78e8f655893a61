import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it } from 'vitest';
import { type Recorded, recorded } from '../support/recorded.js';

/** As Decimal.js, Prisma and others write a number. */
class Decimal {
  readonly #text: string;
  readonly digits = [12, 5];
  constructor(text: string) {
    this.#text = text;
  }
  toJSON(): string {
    return this.#text;
  }
  valueOf(): string {
    return this.#text;
  }
}

class ObjectId {
  readonly buffer = Buffer.alloc(12);
  toJSON(): string {
    return '65a1b2c3d4e5f60718293a4b';
  }
}

class Money {
  readonly currency = 'EUR';
  valueOf(): number {
    return 12.5;
  }
}

/** As a document of Mongoose: its own members are its library's, and `toJSON` hides what the schema hides. */
class Document {
  readonly $__ = { activePaths: {} };
  readonly _doc = { plan: 'pro', secret: 'hunter2' };
  toJSON(): object {
    return { plan: this._doc.plan };
  }
}

const broken = {
  toJSON(): never {
    throw new Error('no');
  },
  valueOf(): never {
    throw new Error('no');
  },
};

describe('an object that stands for a primitive', () => {
  let test: Recorded;
  afterEach(() => test.close());

  it('is that primitive as a segment, also in a list', async () => {
    test = recorded();
    const segmentation = {
      price: new Decimal('12.50'),
      order: new ObjectId(),
      total: new Money(),
      at: runInNewContext('new Date(0)'),
      boxed: new Boolean(false),
      page: new URL('http://127.0.0.1/x'),
      orders: [new ObjectId(), new Decimal('1')],
    };
    test.client.addEvent('e', { segmentation: segmentation as never });
    const [request] = await test.sent();
    expect(request?.events[0]?.['segmentation']).toEqual({
      price: '12.50',
      order: '65a1b2c3d4e5f60718293a4b',
      total: 12.5,
      at: '1970-01-01T00:00:00.000Z',
      boxed: false,
      page: 'http://127.0.0.1/x',
      orders: ['65a1b2c3d4e5f60718293a4b', '1'],
    });
    expect(test.warnings).toEqual([]);
  });

  it.each<[string, unknown, number | undefined]>([
    ['a Decimal', new Decimal('12.50'), 12.5],
    ['a value with valueOf', new Money(), 12.5],
    ['a Date, which is no number', new Date(0), undefined],
    ['what throws', broken, undefined],
  ])('is that number as sum, dur and count: %s', async (_name, value, expected) => {
    test = recorded();
    test.client.addEvent('e', { sum: value, dur: value, count: value } as never);
    const [request] = await test.sent();
    expect(request?.events[0]).toMatchObject({ count: Math.trunc(expected ?? 1) });
    expect([request?.events[0]?.['sum'], request?.events[0]?.['dur']]).toEqual([expected, expected]);
  });

  it('is that primitive as a user property', async () => {
    test = recorded();
    const { userData } = test.client;
    userData.set('order', new ObjectId() as never);
    userData.incrementBy('spent', new Decimal('12.5') as never);
    userData.push('orders', new ObjectId() as never);
    userData.save();
    test.client.userDetails({ username: new ObjectId() as never, custom: { balance: new Decimal('3') as never } });
    const id = '65a1b2c3d4e5f60718293a4b';
    expect(await test.contents()).toEqual([
      { user_details: { custom: { order: id, spent: { $inc: 12.5 }, orders: { $push: [id] } } } },
      { user_details: { username: id, custom: { balance: '3' } } },
    ]);
  });

  it('shows of a document what its toJSON shows, and never its internals', async () => {
    test = recorded();
    test.client.addEvent('e', { segmentation: { doc: new Document() as never } });
    test.client.userDetails({ custom: { doc: new Document() as never } });
    const requests = await test.sent();
    expect(JSON.stringify(requests)).not.toContain('hunter2');
    const shown = '{"plan":"pro"}';
    expect(requests.flatMap(({ events }) => events)[0]?.['segmentation']).toEqual({ doc: shown });
    expect(requests[1]?.parameters['user_details']).toEqual({ custom: { doc: shown } });
  });
});

describe('NUL, for which a server loses data of others', () => {
  let test: Recorded;
  afterEach(() => test.close());

  it('never leaves, whatever holds it', async () => {
    test = recorded({ metrics: { _os: 'Li\0nux', 'custom\0': 'x\0' }, crashSegments: { 'zo\0ne': 'a\0' } });
    const { client } = test;
    client.beginSession();
    const segmentation = { 'x\0': 'y\0', '\0': 1, only: '\0', list: ['a\0'], o: { '\0': '\0' } };
    client.addEvent('o\0rder', { segmentation: segmentation as never });
    client.trackView('/page/x\0', { segmentation: { 'a\0': 'b\0' } });
    client.trackView('\0');
    client.addBreadcrumb('crumb\0');
    client.logError(new Error('m\0'));
    client.reportTrace({ type: 'device', name: 'j\0ob', startedAt: 1, durationMs: 1 });
    client.userData.set('p\0', 'v\0');
    client.userData.save();
    client.userDetails({ name: 'A\0nn', custom: { 'q\0': 'w\0' } });
    client.reportConversion('c\0', 'u\0');
    client.reportAttribution({ 'ad\0id': 'x\0' });
    client.request({ user_details: { custom: { 'r\0': 's\0' } } });
    client.request({ events: JSON.stringify([{ key: 'ra\0w', count: 1, segmentation: { 'x\0': 'y\0' } }]) as never });
    const requests = await test.sent();
    expect(namesAndTexts(requests.map(({ parameters, events }) => ({ parameters, events }))).filter(hasNul)).toEqual(
      [],
    );
    const events = requests.flatMap(({ events }) => events);
    expect(events.map(({ key }) => key)).toEqual(['order', '[CLY]_view', 'raw']);
    expect(events[0]?.['segmentation']).toMatchObject({ x: 'y', list: ['a'] });
    expect(events[0]?.['segmentation']).not.toHaveProperty('only');
    expect(client.stats().dropped).toEqual({ invalid: 1 });
  });

  it('is not put back by a hook', async () => {
    test = recorded({
      beforeSend(entry) {
        entry.content['key'] = 'a\0b';
      },
    });
    test.client.addEvent('e');
    expect((await test.sent()).flatMap(({ events }) => events).map(({ key }) => key)).toEqual(['ab']);
  });

  it('is no reason to change what only looks like it', async () => {
    test = recorded();
    test.client.request({ user_details: { custom: { regexp: '\\u0000 \\ud800' } } });
    expect(await test.contents()).toEqual([{ user_details: { custom: { regexp: '\\u0000 \\ud800' } } }]);
  });
});

describe('what is said of names made of data', () => {
  let test: Recorded;
  afterEach(() => test.close());

  it('is said once a kind, not once a name', () => {
    test = recorded();
    const { client } = test;
    for (let n = 0; n < 200; n++) {
      const segmentation = { [`f${n}`]: () => n, [`o${n}`]: { n }, [`n${n}`]: Number.NaN, [`l${n}`]: [{ n }] };
      client.addEvent('e', { segmentation: segmentation as never });
      client.addEvent(`[CLY]_own${n}`);
      client.endEvent(`never started ${n}`);
      client.endTrace(`never started ${n}`);
      client.giveConsent(`feature ${n}` as never);
      client.groupFeatures({ [`group ${n}`]: [] });
      client.userDetails({ custom: { a: { [`$x${n}`]: 1 } } } as never);
      client.reportTrace({ type: 'device', name: 'x', startedAt: 1, durationMs: 1, metrics: { [`bad ${n}`]: 1 } });
      client.reportAttribution({ [`id ${n}`]: {} } as never);
      client.request({ [`x${n}`]: () => n });
    }
    expect(test.warnings.length).toBeLessThanOrEqual(16);
    expect(test.warnings.join('\n')).toContain('"f0"');
  });

  it('does nothing to a terminal or a log', () => {
    test = recorded();
    test.client.addEvent('e', { segmentation: { 'a\u001b[2J\u202e\n\u0085b': Number.NaN } });
    test.client.giveConsent('x\r\n[countly] all is well' as never);
    expect(test.warnings.join('')).not.toMatch(/\p{Cc}|\u202e/u);
    expect(test.warnings[0]).toContain('a\\u001b[2J\\u202e\\u000a\\u0085b');
  });
});

function hasNul(text: string): boolean {
  return text.includes('\0');
}

function namesAndTexts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [name, ...namesAndTexts(inner)]);
}
