import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Code, CodeDetail } from '../../inspector/src/api/contract/code.js';
import type { EventRow } from '../../inspector/src/api/contract/lists.js';
import type { Unit, UnitDetail } from '../../inspector/src/api/contract/people.js';
import type { Status } from '../../inspector/src/api/contract/status.js';
import { type Inspector, startInspector } from '../../inspector/src/index.js';
import { Countly, ReportErrors, TimedEvent, Trace, TrackEvent, TrackView } from '../../lib/index.js';

class Checkout {
  @TimedEvent('checkout')
  @ReportErrors()
  pay(amount: number): number {
    if (amount < 0) throw new RangeError('a negative amount');
    return amount;
  }

  @TrackView('cart')
  open(): void {}

  @Trace('total')
  async total(): Promise<number> {
    return 1;
  }

  @TrackEvent()
  never(): void {}
}

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.reverse()) await close();
  closing.length = 0;
});

async function started(): Promise<{
  inspector: Inspector;
  countly: Countly;
  get: <Body>(path: string) => Promise<Body>;
}> {
  const inspector = await startInspector({ port: 0 });
  closing.push(() => inspector.close());
  const countly = clientOf(inspector.url);
  const get = async <Body>(path: string) => (await (await fetch(`${inspector.url}/api/${path}`)).json()) as Body;
  return { inspector, countly, get };
}

function clientOf(url: string): Countly {
  const countly = Countly.init({ url, appKey: 'shop', durability: 'memory', flushInterval: 0.02 });
  closing.push(() => countly.close());
  return countly;
}

async function until<Value>(look: () => Promise<Value | undefined>): Promise<Value> {
  const end = Date.now() + 8000;
  for (;;) {
    const value = await look();
    if (value !== undefined) return value;
    if (Date.now() > end) throw new Error('did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('an inspector that a client talks to', () => {
  it('is told the ledger, the woven methods, and who made what in which unit of work', async () => {
    const { countly, get } = await started();
    const shop = new Checkout();
    await countly.run({ deviceId: 'ann' }, async () => {
      shop.open();
      shop.pay(5);
      expect(() => shop.pay(-1)).toThrow(RangeError);
      await shop.total();
    });
    await countly.flush();

    const linked = await until(async () => {
      const { events } = await get<{ events: EventRow[] }>('events?key=checkout');
      return events[0]?.method == null ? undefined : events[0];
    });
    const code = await get<Code>('code');
    const methods = new Map(code.methods.map((method) => [method.label, method]));
    const pay = methods.get('Checkout.pay');
    expect(pay).toMatchObject({
      id: linked.method,
      className: 'Checkout',
      methodName: 'pay',
      isStatic: false,
      decorators: [
        { decorator: '@ReportErrors', kind: 'error', key: null },
        { decorator: '@TimedEvent', kind: 'timed-event', key: 'checkout' },
      ],
      fired: true,
      made: { events: 1, errors: 1 },
    });
    expect(pay?.file).toMatch(/inspector\.test\.ts$/);
    expect(pay?.line).toBeGreaterThan(5);
    expect(methods.get('Checkout.never')).toMatchObject({ fired: false, calls: 0, last: null, p50: null });
    expect(code.neverFired).toBeGreaterThanOrEqual(1);

    const detail = await get<CodeDetail>(`code/${pay?.id}`);
    expect(detail.keys.map(({ kind }) => kind).sort()).toEqual(['error', 'event']);

    const units = await until(async () => {
      const { units } = await get<{ units: Unit[] }>('units');
      return units[0]?.entries === 4 ? units : undefined;
    });
    expect(units).toMatchObject([{ id: linked.unit, device_id: 'ann', client: 'default', entries: 4, errors: 1 }]);
    const { items } = await get<UnitDetail>(`units/${linked.unit}`);
    expect(items.map(({ kind, label }) => [kind, label]).sort()).toEqual([
      ['error', 'RangeError: a negative amount'],
      ['event', 'checkout'],
      ['trace', 'total'],
      ['view', 'cart'],
    ]);

    shop.pay(6);
    const called = await until(async () => {
      const { methods } = await get<Code>('code');
      return methods.find(({ label, calls }) => label === 'Checkout.pay' && calls > 0);
    });
    expect(called).toMatchObject({ calls: 1, failures: 0, p50: expect.any(Number) as number });

    await countly.close();
    const { clients } = await get<Status>('status');
    expect(clients).toMatchObject([{ name: 'default', pid: process.pid, closed: true }]);
    const { accepted, delivered, pending, dropped } = countly.stats();
    expect(clients[0]?.ledger).toEqual({ accepted, delivered, pending, dropped });
  });

  it('is told everything again when it was started anew', async () => {
    const { inspector, countly, get } = await started();
    countly.addEvent('one');
    await countly.flush();
    await until(async () => ((await get<Code>('code')).methods.length > 0 ? true : undefined));
    const { port } = inspector;
    await inspector.close();
    const second = await startInspector({ port });
    closing.push(() => second.close());
    countly.addEvent('two');
    await countly.flush();
    const { clients } = await until(async () => {
      const status = await get<Status>('status');
      return status.clients.length > 0 ? status : undefined;
    });
    expect(clients).toHaveLength(1);
    await until(async () => ((await get<Code>('code')).methods.length > 0 ? true : undefined));
  });

  it('sees the same bytes in requests as any server', async () => {
    const { inspector, countly } = await started();
    await countly.run({ deviceId: 'ann' }, async () => void new Checkout().pay(5));
    await countly.flush();
    const bodies = inspector.query<{ body: string }>('SELECT body FROM requests');
    expect(bodies.length).toBeGreaterThan(0);
    for (const { body } of bodies) expect(body).not.toMatch(/Checkout|"unit"|"ref"|\.ts/);
  });
});

it('a server that says it is an inspector and takes nothing does not fill the memory', async () => {
  let most = 0;
  const server = createServer(async (request, response) => {
    const body = await textOf(request);
    const isTold = request.url === '/inspector/client';
    if (isTold) most = Math.max(most, (JSON.parse(body) as { units: unknown[] }).units.length);
    const headers = { 'content-type': 'application/json', 'x-countly-inspector': 'run' };
    response.writeHead(isTold ? 500 : 200, headers).end('{"result":"Success"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(async () => server.close());
  const countly = clientOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  countly.addEvent('first');
  // Its answer names an inspector; without one, few units are kept (watch.test.ts).
  await countly.flush();
  for (let unit = 0; unit < 3000; unit += 1) countly.run({ deviceId: `d${unit % 9}` }, () => countly.addEvent('work'));
  await countly.flush();
  await countly.close();
  expect(most).toBeGreaterThan(500);
  expect(most).toBeLessThanOrEqual(1000);
});

describe('a server that is no inspector', () => {
  it.each([
    ['answers as Countly does', { 'content-type': 'application/json', 'x-countly': 'api' }],
    ['says nothing of itself', {}],
  ])('is offered nothing: it %s', async (_name, headers) => {
    const paths: string[] = [];
    const bodies: string[] = [];
    const server = createServer(async (request, response) => {
      paths.push(request.url ?? '');
      bodies.push(await textOf(request));
      response.writeHead(200, headers).end('{"result":"Success"}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(async () => server.close());
    const countly = clientOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    await countly.run({ deviceId: 'ann' }, async () => {
      for (let time = 0; time < 3; time += 1) {
        new Checkout().pay(time);
        await countly.flush();
      }
    });
    await countly.close();
    expect(paths.length).toBeGreaterThanOrEqual(3);
    expect(paths.filter((path) => !/^\/(i|o)(\/|\?|$)/.test(path))).toEqual([]);
    expect(bodies.join('')).not.toMatch(/Checkout|decorators|ledger/);
  });

  it('is offered nothing though it claims to be one, when it is on another machine', async () => {
    const { watchOf } = await import('../../lib/scope/chosen-parts.js');
    const watched = { clock: { now: Date.now } as never, stats: () => ({}) as never, query: async () => ({}) as never };
    const options = { disabled: false, testMode: false, transport: undefined, proxy: undefined, name: 'x' };
    const of = (url: string, more = {}) => watchOf({ ...options, url, ...more } as never, watched);
    for (const url of [
      'https://countly.example',
      'http://10.0.0.1',
      'http://localhost.example',
      'http://127.0.0.1.example',
    ]) {
      expect(of(url)).toBeUndefined();
    }
    expect(of('http://127.0.0.1:6010', { proxy: 'http://proxy.example:8080' })).toBeUndefined();
    expect(of('http://127.0.0.1:6010')).toBeDefined();
  });
});

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
