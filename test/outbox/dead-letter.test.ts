import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
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
    letters.add(request('request', '"crash":{"_name":"TypeError: x"}'), '413', unbounded);
    await letters.written();
    const [first, second] = await lines(file);
    expect(first).toMatchObject({ reason: 'Invalid parameter', path: '/i', entries: [{ key: 'a' }, { key: 'b' }] });
    expect(second.entries).toEqual([{ crash: { _name: 'TypeError: x' } }]);
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
    expect(text).toContain('"plan":"pro"');
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

  it('says once where it cannot be written, and goes on', async () => {
    const warnings: string[] = [];
    const letters = new DeadLetterFile(join('/dev/null', 'dead-letter.jsonl'), (text) => warnings.push(text));
    letters.add(request('event', '{"key":"a"}'), 'poison', unbounded);
    await letters.written();
    expect(warnings[0]).toContain('dead-letter.jsonl');
  });
});
