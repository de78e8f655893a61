import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startInspector } from '../../src/index.js';
import { TestInspector } from '../support/use-inspector.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'inspector-recount-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

it('a file that is opened again says the same as before', async () => {
  const database = join(folder, 'kept.db');
  const server = new TestInspector();
  server.inspector = await startInspector({ port: 0, database });
  await server.begin();
  await server.events(
    { key: 'order', count: 2, sum: 5, dur: 0.2 },
    { key: 'order', count: 1, sum: 7, dur: 3 },
    { key: '[CLY]_view', count: 1, dur: 4, segmentation: { name: '/a', visit: 1 } },
  );
  await server.send({ crash: { _os: 'L', _app_version: '1', _error: 'Error: x\n    at f' } }, 'bob');
  const stz = 1_700_000_000_000;
  await server.send({ apm: { type: 'device', name: 'work', apm_metrics: { duration: 9 }, stz, etz: stz + 9 } }, 'bob');
  await server.json('/i', { app_key: 'K' });
  await server.json('/i/bulk', {
    requests: [{ app_key: 'K' }, { ...server.common(), events: [{ key: 'odd', count: 0 }] }],
  });

  const paths = [
    'summary',
    'keys',
    'view-names',
    'trace-names',
    'error-groups',
    'problem-groups',
    'rejections',
    'events?limit=1',
    'search?q=order',
  ];
  const read = async () =>
    Object.fromEntries(
      await Promise.all(paths.map(async (path) => [path, (await server.get(`/api/${path}`)).body as object])),
    );
  const before = await read();
  await server.inspector.close();
  server.inspector = await startInspector({ port: 0, database });
  const after = await read();
  await server.inspector.close();
  for (const answers of [before, after]) {
    const summary = answers['summary'] as { now?: number; server?: object };
    delete summary.now;
    delete summary.server;
  }
  expect(after).toEqual(before);
});
