import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { buildCompat } from '../compat/support/build-compat.js';

const built = buildCompat();
afterAll(() => built.remove());
const library = join(dirname(built.module), '..', 'index.js');

/** Each device is touched once; what they record is delivered meanwhile. Node ends with an error when the heap is full. */
const script = (devices: number, touch: string) => `
  const { Countly } = require(${JSON.stringify(library)});
  const transport = {
    send: async () => ({ kind: 'delivered' }),
    query: async () => ({ ok: false, status: 0, message: 'none' }),
    close: async () => {},
  };
  const settings = { serverSettings: false, durability: 'memory', flushInterval: 0, transport };
  const client = new Countly({ url: 'http://127.0.0.1:9', appKey: 'k', deviceId: 'own', ...settings });
  (async () => {
    let most = 0;
    for (let n = 0; n < ${devices}; n++) {
      const scope = client.device('visitor-' + n);
      ${touch}
      if (n % 1000 !== 0) continue;
      most = Math.max(most, client.stats().devices);
      do await new Promise(setImmediate); while (client.stats().pending > 5000);
    }
    const { accepted } = client.stats();
    await client.close();
    console.log(JSON.stringify({ most, accepted, lost: client.stats().dropped }));
  })();
`;

const run = async (devices: number, touch: string) => {
  const options = ['--max-old-space-size=64', '-e', script(devices, touch)];
  const { stdout } = await promisify(execFile)(process.execPath, options);
  return JSON.parse(stdout) as unknown;
};

describe('with a heap of 64 MB', () => {
  it('a million devices are touched one after the other', async () => {
    const result = await run(1_000_000, "scope.addBreadcrumb('opened the basket');");
    expect(result).toEqual({ most: 10_000, accepted: 0, lost: {} });
  }, 120_000);

  it('a hundred thousand look at something, and each end of a view is told', async () => {
    const result = await run(100_000, "scope.addBreadcrumb('opened the basket'); scope.trackView('/basket');");
    // The last 10 000 are still there at the end; their views end with the client.
    expect(result).toMatchObject({ most: 10_000, lost: {} });
  }, 120_000);
});
