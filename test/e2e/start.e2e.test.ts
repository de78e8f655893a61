import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Program, stopAll } from './support/program.js';
import { requireBuild, runEverything, startEverything } from './support/programs.js';
import { takePort } from './support/sandbox.js';

const FREE_PORTS = { SHOP_PORT: '0', INSPECTOR_PORT: '0' };
const SHORT = { ...FREE_PORTS, TRAFFIC_VISITORS: '40', TRAFFIC_SECONDS: '2' };

describe('npm start', { timeout: 120_000 }, () => {
  beforeAll(requireBuild);
  afterEach(stopAll);

  it('shows what many visitors did, and ends on Ctrl-C with everything delivered', async () => {
    const everything = await startEverything(SHORT);
    const { output } = everything;
    const shop = addressOf(everything, 'Shop');
    const inspector = addressOf(everything, 'Inspector');
    expect(output).toMatch(/\d{3} requests answered \(\d+ × 200, .*\d+ × 402, .*\d+ × 500\)/);
    for (const what of ['devices', 'sessions', 'profiles', 'events', 'views', 'errors', 'traces']) {
      expect(output).toMatch(new RegExp(`^ +${what} +[1-9]\\d*$`, 'm'));
    }
    expect(output).toContain('problems  none');
    expect((await fetch(shop, { headers: { accept: 'text/html' } })).status).toBe(200);
    expect((await fetch(inspector)).status).toBe(200);
    // No panel of the page has nothing to show.
    const panels = [
      'devices',
      'sessions',
      'profiles',
      'view-names',
      'keys',
      'error-groups',
      'trace-names',
      'problem-groups',
    ];
    for (const panel of panels) {
      const answer = (await (await fetch(new URL(`/api/${panel}`, inspector))).json()) as Record<string, unknown>;
      expect([panel, Object.values(answer).find(Array.isArray)?.length ?? 0]).not.toEqual([panel, 0]);
    }

    // A terminal sends Ctrl-C to all processes of the group, and npm passes it on once more.
    everything.signal('SIGINT');
    everything.signal('SIGINT');
    expect(await everything.exited).toEqual({ code: 0, signal: null });
    expect(everything.output).toMatch(/delivered [1-9]\d*, pending 0, dropped 0,/);
    await expect(fetch(shop)).rejects.toThrow();
    await expect(fetch(inspector)).rejects.toThrow();
  });

  it('can be stopped in the middle of the traffic', async () => {
    const everything = await startEverything({ ...SHORT, TRAFFIC_SECONDS: '600' }, /visitors come by/);
    everything.signal('SIGINT');
    expect((await everything.exited).code).toBe(0);
    expect(everything.output).toContain('pending 0, dropped 0,');
  });

  it('keeps the shop serving without an inspector when its port is taken', async () => {
    const taken = await takePort();
    const everything = await startEverything({ ...SHORT, INSPECTOR_PORT: `${taken.port}`, TRAFFIC_VISITORS: '3' });
    expect(everything.output).toContain(
      `Port ${taken.port} is already taken. Choose another one for the inspector: INSPECTOR_PORT=${taken.port + 1}`,
    );
    const response = await fetch(addressOf(everything, 'Shop'), { headers: { accept: 'text/html' } });
    expect(response.status).toBe(200);
    expect((await everything.stop('SIGINT')).code).toBe(0);
    await taken.free();
  });

  it("says which port is taken when it is the shop's, and leaves nothing running", async () => {
    const taken = await takePort();
    const everything = await runEverything({ ...SHORT, SHOP_PORT: `${taken.port}` });
    await taken.free();
    expect((await everything.exited).code).toBe(1);
    expect(everything.output).toContain(`Port ${taken.port} is already taken. Choose another one for the shop: PORT=`);
  });

  it('reports to the server of COUNTLY_URL and starts no inspector', async () => {
    const own = await takePort();
    const url = `http://127.0.0.1:${own.port}`;
    const env = { ...SHORT, COUNTLY_URL: url, COUNTLY_APP_KEY: 'mine', TRAFFIC_VISITORS: '3' };
    const everything = await startEverything(env, /visitors come by/);
    expect(everything.output).toContain(`Reports to  ${url}`);
    expect(everything.output).not.toContain('Inspector');
    await everything.stop('SIGINT');
    await own.free();
  });
});

function addressOf({ output }: Program, name: string): string {
  return new RegExp(`${name} +(http\\S+)`).exec(output)?.[1] ?? '';
}
