import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DeadLetterFile, type LetterBudget } from '../../lib/outbox/dead-letter.js';
import type { SealedRequest } from '../../lib/protocol/entry.js';

const unbounded: LetterBudget = { reserve: () => true, release: () => {} };

function request(kind: 'event' | 'request', ...bodies: string[]): SealedRequest {
  return {
    deviceId: 'visitor-17',
    path: '/i',
    head: '"device_id":"visitor-17"',
    entries: bodies.map((body, id) => ({
      id,
      deviceId: 'visitor-17',
      idType: 0,
      kind,
      feature: 'events',
      timestamp: 1,
      tz: 0,
      body,
      weight: 1,
    })),
  };
}

describe('the dead-letter file', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cw-dead-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }));

  const lines = async (file: string) =>
    (await readFile(file, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));

  it('has one readable line for each refused request, in a file only the owner can read', async () => {
    const file = join(folder, 'deep', 'dead-letter.jsonl');
    const letters = new DeadLetterFile(file, () => {});
    letters.add(request('event', '{"key":"a"}', '{"key":"b"}'), 'Invalid parameter', unbounded);
    letters.add(request('request', '"crash":{"_name":"TypeError: x","_type":"TypeError"}'), '413', unbounded);
    await letters.written();
    const [first, second] = await lines(file);
    expect(first).toMatchObject({ reason: 'Invalid parameter', path: '/i', entries: [{ key: 'a' }, { key: 'b' }] });
    expect(second.entries).toEqual([{ crash: { _name: '***', _type: 'TypeError' } }]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('shows neither the device id nor values under personal names, nor stacks and breadcrumbs', async () => {
    const file = join(folder, 'dead-letter.jsonl');
    const letters = new DeadLetterFile(file, () => {});
    letters.add(
      request(
        'request',
        '"user_details":{"email":"visitor-17@example.test","custom":{"phone":"555-0100","plan":"pro"}}',
        '"crash":{"_error":"at visitor-17@example.test","_logs":"typed 555-0100"}',
      ),
      'poison',
      unbounded,
    );
    await letters.written();
    const text = await readFile(file, 'utf8');
    expect(text).not.toContain('visitor-17');
    expect(text).not.toContain('555-0100');
  });

  it.each([
    ['the id that a person had before', 'request', '"old_device_id":"ada-lovelace"'],
    ['a name', 'request', '"user_details":{"name":"ada-lovelace","custom":{"nick":"ada-lovelace"}}'],
    ['a picture', 'request', '"user_details":{"picture":"https://a.example/ada-lovelace.png"}'],
    ['a picture on this machine', 'picture', '"picture":"/home/ada-lovelace/me.png","user_details":{}'],
    [
      'changes of a property',
      'request',
      '"user_details":{"custom":{"friends":{"$push":["ada-lovelace"]},"age":"ada-lovelace"}}',
    ],
    ['the message of an error', 'request', '"crash":{"_name":"Error: no user ada-lovelace","_error":"x"}'],
    ['a name in an event', 'event', '{"key":"a","segmentation":{"name":"ada-lovelace"}}'],
    [
      'an address of a mailbox under any name',
      'event',
      '{"key":"a","segmentation":{"to":"ada-lovelace@example.test"}}',
    ],
    [
      'where somebody is',
      'request',
      '"begin_session":1,"location":"ada-lovelace","city":"ada-lovelace","ip_address":"ada-lovelace"',
    ],
    ['an advertising id', 'request', '"aid":{"adid":"ada-lovelace","idfa":"ada-lovelace"}'],
  ] as const)('shows nothing of a person: %s', async (_what, kind, body) => {
    const file = join(folder, 'dead-letter.jsonl');
    const letters = new DeadLetterFile(file, () => {});
    letters.add(request(kind as 'event', body), 'poison', unbounded);
    await letters.written();
    const text = await readFile(file, 'utf8');
    expect(text).not.toContain('ada-lovelace');
    expect(text).toContain('***');
  });

  it('shows what a refusal is about: keys, names of views and traces, numbers, kinds of errors', async () => {
    const file = join(folder, 'dead-letter.jsonl');
    const letters = new DeadLetterFile(file, () => {});
    const events = [
      '{"key":"order","count":2,"segmentation":{"plan":"pro"}}',
      '{"key":"[CLY]_view","segmentation":{"name":"Home"}}',
    ];
    letters.add(request('event', ...events), 'poison', unbounded);
    letters.add(
      request('request', '"apm":{"type":"device","name":"boot","apm_metrics":{"duration":7}}'),
      'poison',
      unbounded,
    );
    await letters.written();
    expect((await lines(file)).map(({ entries }) => entries)).toEqual([
      events.map((text) => JSON.parse(text)),
      [{ apm: { type: 'device', name: 'boot', apm_metrics: { duration: 7 } } }],
    ]);
  });

  it('masks what is named besides: texts in any case, patterns, and all that is in them', async () => {
    const file = join(folder, 'dead-letter.jsonl');
    const letters = new DeadLetterFile(file, () => {}, ['Plan', /^customer/g]);
    const body = '{"key":"a","segmentation":{"plan":"gold","customerData":{"city":"Ulm"},"customer_no":7,"kept":1}}';
    letters.add(request('event', body, body), 'poison', unbounded);
    await letters.written();
    const [{ entries }] = await lines(file);
    const masked = { plan: '***', customerData: '***', customer_no: '***', kept: 1 };
    expect(entries).toEqual([
      { key: 'a', segmentation: masked },
      { key: 'a', segmentation: masked },
    ]);
  });

  it('is put aside when it has five megabytes, in the place of the one before: two files at most', async () => {
    const file = join(folder, 'dead-letter.jsonl');
    const letters = new DeadLetterFile(file, () => {});
    await writeFile(`${file}.1`, 'the one before\n');
    await writeFile(file, `${'x'.repeat(5 * 1024 * 1024)}\n`);
    letters.add(request('event', '{"key":"a"}'), 'poison', unbounded);
    letters.add(request('event', '{"key":"b"}'), 'poison', unbounded);
    await letters.written();
    expect((await lines(file)).map(({ entries }) => entries)).toEqual([[{ key: 'a' }], [{ key: 'b' }]]);
    expect((await stat(`${file}.1`)).size).toBe(5 * 1024 * 1024 + 1);
    expect((await readdir(folder)).sort()).toEqual(['dead-letter.jsonl', 'dead-letter.jsonl.1']);
  });

  it('takes no memory that there is not while lines wait for the disk, and gives back what it took', async () => {
    const file = join(folder, 'dead-letter.jsonl');
    const warnings: string[] = [];
    const letters = new DeadLetterFile(file, (text) => warnings.push(text));
    let free = 1000;
    const budget: LetterBudget = {
      reserve(bytes) {
        if (bytes > free) return false;
        free -= bytes;
        return true;
      },
      release(bytes) {
        free += bytes;
      },
    };
    for (let i = 0; i < 100; i++) letters.add(request('event', `{"key":"e${i}"}`), 'poison', budget);
    expect(free).toBeGreaterThanOrEqual(0);
    await letters.written();
    expect(free).toBe(1000);
    expect((await lines(file)).length).toBeLessThan(10);
    expect(warnings[0]).toContain('too much waits');
  });

  it('says once where it cannot be written, and goes on', async () => {
    const warnings: string[] = [];
    const letters = new DeadLetterFile(join('/dev/null', 'dead-letter.jsonl'), (text) => warnings.push(text));
    letters.add(request('event', '{"key":"a"}'), 'poison', unbounded);
    await letters.written();
    expect(warnings[0]).toContain('dead-letter.jsonl');
  });
});
