import { describe, expect, it } from 'vitest';
import { useInspector } from '../support/use-inspector.js';

const server = useInspector();
const read = async (path: string) => fetch(`${server.url}/api/export/${path}`);

describe('an export', () => {
  it('holds everything that matches, in each format', async () => {
    const events = Array.from({ length: 1203 }, (_, n) => ({ key: n % 3 === 0 ? 'third' : 'rest', count: 1 }));
    await server.events(...events);
    const json = (await (await read('events?key=third')).json()) as { key: string }[];
    expect(json).toHaveLength(401);
    expect(new Set(json.map(({ key }) => key))).toEqual(new Set(['third']));
    const lines = (await (await read('events?format=ndjson')).text()).trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { id: number }).id)).toEqual(
      Array.from({ length: 1203 }, (_, n) => 1203 - n),
    );
    const csv = await read('events?format=csv');
    expect(csv.headers.get('content-disposition')).toBe('attachment; filename="countly-events.csv"');
    const rows = (await csv.text()).trim().split('\r\n');
    expect(rows).toHaveLength(1204);
    expect(rows[0]).toMatch(/^id,request_id,/);
    expect(await (await read('views')).json()).toEqual([]);
    expect(await (await read('views?format=csv')).text()).toBe('');
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1'])('gives a spreadsheet no formula: %j', async (key) => {
    await server.events({ key, count: 1 }, { key: 'a "quoted", text', count: 1 });
    const text = await (await read('events?format=csv')).text();
    expect(text).toContain(`'${key.replace(/[\t\r]/g, (sign) => sign)}`);
    expect(text).not.toContain(`,${key},`);
    expect(text).toContain('"a ""quoted"", text"');
  });

  it('is there for lists only', async () => {
    expect((await read('secrets')).status).toBe(400);
    expect((await read('events?format=xml')).status).toBe(400);
    expect((await read('__proto__')).status).toBe(400);
  });
});
