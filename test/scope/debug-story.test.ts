import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { CountlyOptions } from '../../lib/config/options.js';
import { resolveOptions } from '../../lib/config/resolve.js';
import { ReportErrors } from '../../lib/decorators/report-errors.js';
import { Trace } from '../../lib/decorators/trace.js';
import { TrackEvent } from '../../lib/decorators/track-event.js';
import { TrackView } from '../../lib/decorators/track-view.js';
import { type Logger, Reporter, silentLogger } from '../../lib/logger.js';
import { Countly } from '../../lib/scope/countly.js';
import { startText } from '../../lib/scope/debug-story.js';
import { CountlyServer } from '../support/countly-server.js';

const SECRETS = {
  appKey: 'a1b2c3d4e5f6a7b8c9d0',
  salt: 'pepper-and-salt',
  user: 'proxyuser',
  password: 'pa55word',
  email: 'ann@example.org',
  token: 'tok-987654',
  card: '4111111111111111',
};

class Orders {
  @TrackEvent('order_paid', { segmentation: (call) => ({ mail: call.args[0] }) })
  pay(email: string): string {
    return email;
  }
  @TrackView('Orders?token=tok-987654')
  list(): void {}
  @ReportErrors()
  @Trace()
  fail(): never {
    throw new Error(`card ${SECRETS.card}`);
  }
}

describe('what `debug: true` tells', () => {
  let folder: string | undefined;
  afterEach(() => {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  async function story(scenario: (client: Countly) => void, options: CountlyOptions = {}): Promise<string[]> {
    folder = mkdtempSync(join(tmpdir(), 'story-'));
    const lines: string[] = [];
    const server = new CountlyServer();
    await server.start();
    const url = server.url.replace('://', `://${SECRETS.user}:${SECRETS.password}@`);
    const logger = {
      ...silentLogger,
      warn: (line: string) => lines.push(line),
      debug: (line: string) => lines.push(line),
    };
    const { appKey, salt } = SECRETS;
    const common = { url, appKey, salt, storagePath: folder, serverSettings: false, flushInterval: 20 };
    const client = Countly.init({ ...common, debug: true, logger, ...options });
    scenario(client);
    await client.flush();
    await client.close();
    await server.stop();
    return lines;
  }

  it('is one line for each thing that happens, in its order', async () => {
    const lines = await story(
      (client) => {
        client.run({ deviceId: 'visitor-1234567' }, () => {
          new Orders().pay(SECRETS.email);
          client.addEvent('');
        });
      },
      { requireConsent: false },
    );
    expect(lines[0]).toMatch(
      /^Client "default" \S+ starts on \S+, process \d+: to http:\/\/\*\*\*@127\.0\.0\.1:\d+, app key a1b2…, journal .*story-.*requests are signed\.$/,
    );
    expect(lines).toContain('Recorded event "order_paid" by @TrackEvent on Orders.pay for device visi….');
    expect(lines).toContain('Dropped 1 entry: invalid.');
    const sending = lines.findIndex((line) => /^Sending 1 entry to \/i, \d+ bytes\.$/.test(line));
    const answer = lines.findIndex((line) => /^Answer to \/i after \d+ ms: delivered/.test(line));
    expect(sending).toBeGreaterThan(0);
    expect(answer).toBeGreaterThan(sending);
    expect(lines.at(-1)).toBe('Client "default" closed: 2 accepted, 1 delivered, 0 pending, dropped: 1 invalid.');
  });

  it('names views, traces, crashes and other requests, and who made them', async () => {
    const lines = await story((client) =>
      client.run({ deviceId: 'visitor-1234567' }, () => {
        const orders = new Orders();
        orders.list();
        expect(() => orders.fail()).toThrow();
        client.current().beginSession();
        client.current().userDetails({ email: SECRETS.email });
        client.current().userData.set('secret', SECRETS.token);
        orders.pay(SECRETS.email);
      }),
    );
    const recorded = lines
      .filter((line) => line.startsWith('Recorded'))
      .map((line) => line.replace(/ for device.*/, ''));
    expect(recorded.slice(0, 7)).toEqual([
      'Recorded view "Orders?…" by @TrackView on Orders.list',
      'Recorded trace "Orders_fail" by @Trace on Orders.fail',
      'Recorded request with crash by @ReportErrors on Orders.fail',
      'Recorded request with begin_session',
      'Recorded request with user_details',
      'Recorded request with user_details',
      'Recorded event "order_paid" by @TrackEvent on Orders.pay',
    ]);
  });

  it('holds no secret, nothing of a person and no control character', async () => {
    const lines = await story((client) => {
      client.run({ deviceId: 'visitor-1234567' }, () => {
        new Orders().pay(SECRETS.email);
        new Orders().list();
        client.current().userDetails({ email: SECRETS.email, custom: { token: SECRETS.token } });
        client.current().logError(new Error(SECRETS.card));
        client.current().addEvent('line\u001b[2J\r\n[countly] all is well\u202e');
        client.current().request({ user_details: { email: SECRETS.email }, token: SECRETS.token });
      });
      client.changeId(`${SECRETS.email}/another`);
    });
    const text = lines.join('');
    for (const secret of Object.values(SECRETS)) expect(text).not.toContain(secret);
    expect(text).not.toContain('visitor-');
    expect(text).not.toMatch(/\p{Cc}|\u202e/u);
    expect(lines.join('\n')).toContain('line\\u001b[2J');
  });

  it('says what is switched on, and that a client is disabled', () => {
    const text = (options: CountlyOptions) =>
      startText(resolveOptions({ url: 'https://countly.example/a', appKey: 'abc', ...options }, {}), undefined);
    expect(text({})).toContain('to https://countly.example/a, app key a…, journal memory only');
    expect(text({})).toContain('all else as usual');
    const busy = text({
      requireConsent: true,
      session: 'automatic',
      proxy: 'http://u:p@proxy:1',
      beforeSend: () => {},
    });
    expect(busy).toContain('consent is required, session begins by itself, through a proxy, 1 beforeSend');
    expect(busy).not.toContain('u:p');
    expect(text({ disabled: true })).toContain('is disabled: nothing is recorded');
  });
});

describe('a message for whoever follows', () => {
  it('is not made when nobody listens', () => {
    const reporter = new Reporter(silentLogger, () => 0);
    reporter.debug(() => {
      throw new Error('made');
    });
  });

  it('goes to a logger without `debug` as `log`, and costs nothing when it cannot be made', () => {
    const said: string[] = [];
    const logger: Logger = { error() {}, warn() {}, log: (line) => void said.push(line) };
    const reporter = new Reporter(logger, () => 0, true);
    reporter.debug(() => 'one');
    reporter.debug(() => {
      throw new Error('no');
    });
    expect(said).toEqual(['one']);
  });
});
