import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CountlyBulk, type CountlyConf, CountlySdk } from '../../lib/compat/index.js';
import { switchableLogger } from '../../lib/compat/start.js';
import { Recorder } from './support/recorder.js';

let recorder: Recorder;
let folder: string;
const started: CountlySdk[] = [];

beforeEach(async () => {
  recorder = new Recorder();
  await recorder.start();
  folder = mkdtempSync(join(tmpdir(), 'compat-sdk-'));
});
afterEach(async () => {
  for (const sdk of started.splice(0)) sdk.halt();
  vi.restoreAllMocks();
  await recorder.stop();
  // A halted client closes in the background: until it has, new files may stand in the folder.
  await vi.waitFor(() => rmSync(folder, { recursive: true, force: true }), { timeout: 5000 });
});

const conf = (): CountlyConf => ({
  app_key: 'APP',
  url: recorder.url,
  interval: 5,
  storage_type: 'memory',
  device_id: 'd',
});
const keys = () =>
  recorder.requests.flatMap(({ params }) =>
    ((params['events'] as { key: string }[] | undefined) ?? []).map(({ key }) => key),
  );

function make(): CountlySdk {
  const sdk = new CountlySdk();
  started.push(sdk);
  return sdk;
}

describe('init', () => {
  it('carries out what was called before it', async () => {
    const sdk = make();
    sdk.add_event({ key: 'early' });
    sdk.group_features({ all: ['events'] });
    sdk.add_consent('all');
    sdk.init({ ...conf(), require_consent: true });
    sdk.add_event({ key: 'later' });
    expect(sdk.check_consent('all')).toBe(true);
    await expect.poll(keys, { timeout: 5000 }).toEqual(['later']);
  });

  it('keeps only so many calls for later', async () => {
    const sdk = make();
    for (let i = 0; i < 150; i++) sdk.add_event({ key: `e${i}` });
    sdk.init(conf());
    await expect.poll(() => keys().length, { timeout: 5000 }).toBe(100);
  });

  it.each([
    ['nothing', undefined],
    ['no key', { url: 'http://127.0.0.1:9' }],
    ['no address', { app_key: 'APP' }],
    ['no http address', { app_key: 'APP', url: 'countly.example.org' }],
  ])('does not break the host with %s', (_what, given) => {
    const told = vi.spyOn(console, 'error').mockImplementation(() => {});
    const sdk = make();
    sdk.init(given);
    sdk.begin_session();
    sdk.add_event({ key: 'nowhere' });
    sdk.user_details({ name: 'nobody' });
    expect(told).toHaveBeenCalled();
    expect(sdk.get_device_id_type()).toBeNull();
  });

  it('leaves out a setting that means nothing, and says so', async () => {
    const told = vi.spyOn(console, 'error').mockImplementation(() => {});
    const sdk = make();
    sdk.init({ ...conf(), country_code: 'Germany', max_key_length: -1 });
    sdk.add_event({ key: 'still here' });
    await expect.poll(keys, { timeout: 5000 }).toEqual(['still here']);
    expect(told.mock.calls.join()).toMatch(/countryCode.*maxKeyLength/s);
  });

  it.each<[string, object, string | undefined]>([
    ['a metric that is no text', { metrics: { _os: 'Linux', _device: Object.create(null) } }, 'metrics._device'],
    ['metrics without a prototype', { metrics: Object.assign(Object.create(null), { _os: 'Linux' }) }, undefined],
    ['a device id that is no text', { device_id: Object.create(null) }, undefined],
  ])('starts with %s', async (_what, given, problem) => {
    const told = vi.spyOn(console, 'error').mockImplementation(() => {});
    const sdk = make();
    sdk.init({ ...conf(), ...given });
    sdk.begin_session();
    const sessions = () => recorder.requests.filter(({ params }) => params['begin_session']);
    await expect.poll(sessions, { timeout: 5000 }).toHaveLength(1);
    if ('metrics' in given) expect(sessions()[0]?.params['metrics']).toMatchObject({ _os: 'Linux' });
    expect(told.mock.calls.join()).toContain(problem ?? '');
    expect(told).toHaveBeenCalledTimes(problem === undefined ? 0 : 1);
  });

  it('takes a version that is a number', async () => {
    const sdk = make();
    sdk.init({ ...conf(), app_version: 3 as unknown as string });
    sdk.begin_session();
    await expect
      .poll(() => recorder.requests[0]?.params['metrics'], { timeout: 5000 })
      .toMatchObject({ _app_version: '3' });
  });

  it('shows the limits that apply', () => {
    const sdk = make();
    sdk.init({ ...conf(), max_key_length: 10 });
    expect([sdk.maxKeyLength, sdk.maxValueSize]).toEqual([10, 256]);
    sdk.halt();
    expect(sdk.maxKeyLength).toBe(128);
  });

  it('logs what it does only while it is told to', () => {
    const said = vi.spyOn(console, 'info').mockImplementation(() => {});
    const logger = switchableLogger(false);
    logger.log('quiet');
    logger.verbose = true;
    logger.log('loud');
    expect(said.mock.calls).toEqual([[expect.anything(), 'loud']]);
  });

  it('takes the older name of the breadcrumb limit', async () => {
    const sdk = make();
    sdk.init({ ...conf(), max_logs: 1 });
    sdk.add_log('one');
    sdk.add_log('two');
    sdk.log_error(new Error('x'));
    await expect.poll(() => recorder.requests.length, { timeout: 5000 }).toBe(1);
    expect(recorder.requests[0]?.params['crash']).toMatchObject({ _logs: 'two' });
  });

  it('sends nothing in test mode, and nothing after a halt that says so', async () => {
    const sdk = make();
    sdk.init({ ...conf(), test_mode: true });
    sdk.add_event({ key: 'a' });
    sdk.halt(true);
    sdk.init(conf());
    sdk.add_event({ key: 'b' });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(recorder.requests).toEqual([]);
  });
});

describe('calls', () => {
  it('work detached from the object', async () => {
    const sdk = make();
    sdk.init(conf());
    const { add_event, check_consent } = sdk;
    add_event({ key: 'detached' });
    expect(check_consent('events')).toBe(true);
    await expect.poll(keys, { timeout: 5000 }).toEqual(['detached']);
  });

  it.each<[string, (sdk: Record<string, (argument?: unknown) => unknown>) => unknown]>([
    ['add_event', (sdk) => sdk['add_event']?.()],
    ['end_event', (sdk) => sdk['end_event']?.(null)],
    ['user_details', (sdk) => sdk['user_details']?.(null)],
    ['report_feedback', (sdk) => sdk['report_feedback']?.()],
    ['report_trace', (sdk) => sdk['report_trace']?.()],
    ['request', (sdk) => sdk['request']?.()],
    ['add_consent', (sdk) => sdk['add_consent']?.()],
    ['group_features', (sdk) => sdk['group_features']?.()],
    ['set_id', (sdk) => sdk['set_id']?.(null)],
    ['log_error', (sdk) => sdk['log_error']?.(null)],
    ['change_id', (sdk) => sdk['change_id']?.(undefined)],
  ])('%s takes nonsense without throwing', (_name, call) => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    const sdk = make();
    sdk.init(conf());
    expect(() => call(sdk as unknown as Record<string, () => unknown>)).not.toThrow();
  });

  it('take names that are numbers', async () => {
    const sdk = make();
    sdk.init(conf());
    const number = 404 as unknown as string;
    sdk.add_event({ key: number });
    sdk.track_view(number);
    sdk.report_trace({ type: 'device', name: number, stz: 1, etz: 2, apm_metrics: { duration: 1 } });
    await expect.poll(keys, { timeout: 5000 }).toEqual(['404', '[CLY]_view']);
    const traces = () => recorder.requests.flatMap(({ params }) => (params['apm'] ? [params['apm']] : []));
    await expect.poll(traces, { timeout: 5000 }).toMatchObject([{ name: '404' }]);
  });

  it.each([{}, { code: 5 }, { stack: ' ' }])('report %j that was thrown, as what it is', async (thrown) => {
    const sdk = make();
    sdk.init(conf());
    sdk.log_error(thrown);
    await expect.poll(() => recorder.requests.length, { timeout: 5000 }).toBe(1);
    expect(recorder.requests[0]?.params['crash']).toMatchObject({
      _error: expect.stringContaining('Thrown object: {'),
    });
  });

  it('begin one session, also by the name of the Web SDK', async () => {
    const sdk = make();
    sdk.init(conf());
    sdk.track_sessions();
    sdk.begin_session();
    sdk.add_event({ key: 'after' });
    await expect.poll(keys, { timeout: 5000 }).toEqual(['after']);
    expect(recorder.requests.filter(({ params }) => params['begin_session'])).toHaveLength(1);
  });

  it('leave out a rating without a widget, and say so', async () => {
    const told = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const sdk = make();
    sdk.init(conf());
    sdk.report_feedback({ rating: 3 } as never);
    sdk.report_feedback({ widget_id: 'w', rating: 3 });
    await expect.poll(keys, { timeout: 5000 }).toEqual(['[CLY]_star_rating']);
    expect(told.mock.calls.join()).toMatch(/report_feedback: widget_id is missing/);
  });

  it('measures timed events finer than a second', async () => {
    const sdk = make();
    sdk.init(conf());
    sdk.start_event('quick');
    await new Promise((resolve) => setTimeout(resolve, 30));
    sdk.end_event('quick');
    await expect.poll(() => recorder.requests.length, { timeout: 5000 }).toBe(1);
    const [event] = (recorder.requests[0]?.params['events'] ?? []) as { dur: number }[];
    expect(Number.isInteger(event?.dur)).toBe(false);
  });

  it('tells the callback when remote config cannot be fetched', async () => {
    const sdk = make();
    sdk.init({ ...conf(), require_consent: true });
    const told = await new Promise((resolve) => sdk.fetch_remote_config((error, values) => resolve([error, values])));
    expect(told).toEqual([expect.any(Error), {}]);
  });

  it('sends a raw request under the application it names', async () => {
    const sdk = make();
    sdk.init(conf());
    sdk.request({ app_key: 'OTHER', device_id: 'x', session_duration: 1 });
    sdk.request({ app_key: 'APP', device_id: 'x', session_duration: 2 });
    const apps = () =>
      recorder.requests.map(({ params }) => `${params['app_key']} ${params['session_duration']}`).sort();
    await expect.poll(apps, { timeout: 5000 }).toEqual(['APP 2', 'OTHER 1']);
  });

  it('keeps what waits for another application on disk, beside its own', async () => {
    const file = { ...conf(), storage_type: 'file', storage_path: folder } as const;
    const before = make();
    before.init({ ...file, test_mode: true });
    before.request({ app_key: 'OTHER', device_id: 'x', session_duration: 1 });
    await expect.poll(() => readdirSync(folder).filter((name) => name.startsWith('app-')).length).toBe(1);
    before.halt();
    await new Promise((resolve) => setTimeout(resolve, 600));
    const after = make();
    after.init(file);
    const sent = () => recorder.requests.map(({ params }) => [params['app_key'], params['session_duration']]);
    await expect.poll(sent, { timeout: 5000 }).toEqual([['OTHER', 1]]);
  });
});

describe('bulk servers', () => {
  it('share nothing with each other or with the client (faults 26 and 27)', async () => {
    const sdk = make();
    sdk.init({ ...conf(), storage_type: 'file', storage_path: folder, test_mode: true });
    const first = new CountlyBulk({ app_key: 'ONE', url: recorder.url, interval: 5 });
    const second = new CountlyBulk({ app_key: 'TWO', url: recorder.url, interval: 5 });
    first.add_request({ device_id: 'u', session_duration: 1 });
    second.add_request({ device_id: 'u', session_duration: 2 });
    sdk.add_event({ key: 'on disk' });
    await Promise.all([first.close(2000), second.close(2000)]);
    expect(recorder.requests.map(({ params }) => [params['app_key'], params['session_duration']]).sort()).toEqual([
      ['ONE', 1],
      ['TWO', 2],
    ]);
    await expect
      .poll(() => readdirSync(folder).some((name) => name.startsWith('journal-')), { timeout: 5000 })
      .toBe(true);
  });

  it('send nothing before the start or after the stop, and what waits afterwards', async () => {
    const bulk = new CountlyBulk({ app_key: 'APP', url: recorder.url, interval: 5 });
    bulk.add_event('u', { key: 'a' });
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect([bulk.queue_size(), recorder.requests.length]).toEqual([1, 0]);
    bulk.start();
    await expect.poll(keys, { timeout: 5000 }).toEqual(['a']);
    bulk.stop();
    bulk.add_event('u', { key: 'b' });
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(keys()).toEqual(['a']);
    bulk.start();
    await expect.poll(keys, { timeout: 5000 }).toEqual(['a', 'b']);
    await bulk.close(1000);
  });

  it('send each application its own requests', async () => {
    const bulk = new CountlyBulk({ app_key: 'APP', url: recorder.url, interval: 5 }).start();
    bulk.add_request({ device_id: 'u', session_duration: 1 });
    bulk.add_request({ app_key: 'OTHER', device_id: 'u', session_duration: 2 });
    await bulk.close(2000);
    expect(recorder.requests.map(({ params }) => [params['app_key'], params['session_duration']]).sort()).toEqual([
      ['APP', 1],
      ['OTHER', 2],
    ]);
  });

  it('tell the minutes of a session that began at a time given as a text', async () => {
    const bulk = new CountlyBulk({ app_key: 'APP', url: recorder.url, interval: 5 }).start();
    bulk.add_user({ device_id: 'u' }).begin_session({ _os: 'L', _app_version: '1' }, '90', '1700000000');
    await bulk.close(2000);
    const times = recorder.requests.map(({ params }) => [params['session_duration'], params['timestamp']]);
    expect(times.slice(1).map(([seconds, at]) => [seconds, String(at).slice(0, 10)])).toEqual([
      [60, '1700000060'],
      [30, '1700000120'],
    ]);
  });

  it('read events with single quotes, as the official documentation writes them (fault 35)', async () => {
    const bulk = new CountlyBulk({ app_key: 'APP', url: recorder.url, interval: 5 }).start();
    bulk.add_request({ device_id: 'u', events: "[{'key':'quoted','count':1}]" });
    await bulk.close(2000);
    expect(keys()).toEqual(['quoted']);
  });

  it('remove what waits of a feature that a user takes back, and of no one else', async () => {
    const bulk = new CountlyBulk({ app_key: 'APP', url: recorder.url, interval: 5 });
    const user = bulk.add_user({ device_id: 'u', require_consent: true });
    user.add_consent(['events', 'users']);
    user.add_event({ key: 'taken back' });
    user.user_details({ name: 'Ann' });
    bulk.add_user({ device_id: 'other' }).add_event({ key: 'stays' });
    user.remove_consent('events');
    await bulk.close(2000);
    expect(keys()).toEqual(['stays']);
    const [given, details, taken] = recorder.requests.filter(({ params }) => params['device_id'] === 'u');
    expect(given?.params['consent']).toMatchObject({ events: true, users: true });
    expect(details?.params['user_details']).toEqual({ name: 'Ann' });
    expect(taken?.params['consent']).toMatchObject({ events: false, users: true });
  });

  it('keep what waits on disk with persist_queue', async () => {
    const file = { app_key: 'APP', url: recorder.url, interval: 5, persist_queue: true, storage_path: folder };
    const before = new CountlyBulk(file);
    before.add_event('u', { key: 'kept' });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(readdirSync(folder).length).toBeGreaterThan(0);
    await before.close(2000);
    expect(keys()).toEqual(['kept']);
  });
});
