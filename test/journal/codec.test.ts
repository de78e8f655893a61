import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { BatchWriter, inRuns, readSegment, type SegmentContent } from '../../lib/journal/codec.js';
import type { Entry, SealedRequest } from '../../lib/protocol/entry.js';
import { event, events, START } from './support/entries.js';

// For machines that are busy with other things.
vi.setConfig({ testTimeout: 60_000 });

const ORIGIN = {};

function read(bytes: Buffer): SegmentContent {
  const reading = readSegment(bytes, ORIGIN);
  for (;;) {
    const step = reading.next();
    if (step.done === true) return step.value;
  }
}

const written = (entries: readonly Entry[]): Buffer => {
  const batch = new BatchWriter();
  for (const entry of entries) batch.entry(entry);
  return batch.bytes();
};
const withOrigin = (entries: readonly Entry[]): Entry[] => entries.map((entry) => ({ ...entry, origin: ORIGIN }));
const batchOf = (text: string): Buffer => {
  const bytes = Buffer.from(text);
  return Buffer.from(`#${bytes.length} ${crc32(bytes).toString(16).padStart(8, '0')}\n${text}`);
};

/** Everything a text can hold except half a surrogate pair, which UTF-8 has no bytes for. */
const anyText = fc.oneof(
  fc.constantFrom('u1', 'u2', 'a"b\\', 'tab\tnew\nline', 'cr\r', '\u2028\u2029', '🦜', 'ünïcødé', '#12 0123abcd\n'),
  fc.string({ unit: 'grapheme', minLength: 1 }),
  fc.string({ unit: 'binary', minLength: 1 }),
);
const anyEntry: fc.Arbitrary<Omit<Entry, 'id'>> = fc.record({
  deviceId: anyText,
  idType: fc.constantFrom(0 as const, 1 as const, 9 as const),
  kind: fc.constantFrom('event' as const, 'request' as const, 'picture' as const),
  feature: fc.constantFrom('events' as const, 'views' as const, 'crashes' as const, 'core' as const, 'apm' as const),
  timestamp: fc.oneof(fc.nat(100_000), fc.integer({ min: -1e12, max: 1e13 })).map((n) => START + n),
  tz: fc.integer({ min: -720, max: 840 }),
  weight: fc.oneof(fc.constant(1), fc.integer({ min: 2, max: 1e9 })),
  body: fc.oneof(
    fc.json(),
    anyText.map((text) => JSON.stringify(text)),
  ),
});
const anyHead = fc.oneof(
  fc
    .tuple(fc.constantFrom('u1', 'a"b', '🦜', '🦝'), fc.nat(1000))
    .map(([id, n]) => `"id":${JSON.stringify(id)},"n":${n}`),
  anyText.map((text) => JSON.stringify(text)),
);
const anyStep = fc.oneof(
  { weight: 4, arbitrary: fc.record({ entry: anyEntry, gap: fc.integer({ min: 1, max: 1e9 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      path: fc.constantFrom('/i' as const, '/i/bulk' as const),
      head: anyHead,
      picks: fc.array(fc.nat(), { minLength: 1, maxLength: 8 }),
    }),
  },
  fc.record({ runs: fc.array(fc.tuple(fc.nat(1e9), fc.nat(1e9)), { minLength: 1, maxLength: 5 }) }),
  fc.constant({ next: true as const }),
);

describe('a segment', () => {
  it('gives back all that was written', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 60 }), (steps) => {
        const entries: Entry[] = [];
        const seals: object[] = [];
        const settled: number[] = [];
        const batches: Buffer[] = [];
        let batch = new BatchWriter();
        let id = START * 1000;
        for (const step of steps) {
          if ('entry' in step) {
            id += step.gap;
            const entry = { ...step.entry, id };
            entries.push(entry);
            batch.entry(entry);
          } else if ('head' in step) {
            const members = step.picks.map((pick) => entries[pick % entries.length]).filter((it) => it !== undefined);
            const { path, head } = step;
            batch.seal({ path, head, entries: members, deviceId: '' });
            seals.push({ path, head, ids: members.map((it) => it.id) });
          } else if ('runs' in step) {
            const runs = step.runs.flatMap(([first, more]) => [START + first, START + first + more]);
            batch.settled(runs);
            settled.push(...runs);
          } else {
            batches.push(batch.bytes());
            batch = new BatchWriter();
          }
        }
        batches.push(batch.bytes());
        const bytes = Buffer.concat(batches);
        expect(read(bytes)).toEqual({ entries: withOrigin(entries), seals, settled, damaged: 0, end: bytes.length });
      }),
    );
  });

  it('says of an entry only what is new, and of a head only how it goes on', () => {
    const alike = { deviceId: 'one-device', feature: 'views' as const };
    const batch = new BatchWriter();
    for (const entry of events(0, 10, alike)) batch.entry(entry);
    for (const n of [1, 2])
      batch.seal({ path: '/i', head: `"the same beginning":${n}`, entries: [event(n)], deviceId: '' });
    const text = batch.bytes().toString();
    for (const once of ['one-device', 'views', 'the same beginning']) expect(text.split(once)).toHaveLength(2);
  });
});

/** Batches of three entries, with a seal and a settlement in each. */
const BATCHES: Buffer[] = Array.from({ length: 12 }, (_, n) => {
  const batch = new BatchWriter();
  const entries = events(n * 3, 3, { body: `{"n":${n},"text":"ünïcødé 🦜 #1 00000000"}` });
  for (const entry of entries) batch.entry(entry);
  const request: SealedRequest = { deviceId: '', path: '/i', head: `"head":${n}`, entries };
  batch.seal(request);
  batch.settled([event(n * 3).id, event(n * 3).id]);
  return batch.bytes();
});
const WHOLE = Buffer.concat(BATCHES);
const ALL = read(WHOLE);

describe('a torn segment', () => {
  it('gives everything before the tear, at every byte, and says where that ends', () => {
    expect(ALL.entries).toHaveLength(36);
    let whole = 0;
    let end = 0;
    for (let cut = 0; cut <= WHOLE.length; cut++) {
      while (whole < BATCHES.length && end + (BATCHES[whole] as Buffer).length <= cut) {
        end += (BATCHES[whole++] as Buffer).length;
      }
      const content = read(WHOLE.subarray(0, cut));
      expect(content.entries).toEqual(ALL.entries.slice(0, whole * 3));
      expect(content.seals).toEqual(ALL.seals.slice(0, whole));
      expect(content.settled).toEqual(ALL.settled.slice(0, whole * 2));
      expect([cut, content.end]).toEqual([cut, end]);
    }
  });

  it('is no damage: that is how a process dies', () => {
    // Also in the middle of the line a batch begins with.
    for (let cut = 0; cut <= WHOLE.length; cut++) expect([cut, read(WHOLE.subarray(0, cut)).damaged]).toEqual([cut, 0]);
  });
});

describe('a damaged segment', () => {
  it('loses at most the damaged batch, whichever byte is hit', () => {
    fc.assert(
      fc.property(fc.nat(WHOLE.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const hurt = Buffer.from(WHOLE);
        hurt[at] = (hurt[at] as number) ^ change;
        let hit = 0;
        for (let end = (BATCHES[0] as Buffer).length; end <= at; end += (BATCHES[hit] as Buffer).length) hit++;
        const { entries, seals, settled, damaged } = read(hurt);
        const others = <T>(all: readonly T[], each: number): T[] => [
          ...all.slice(0, hit * each),
          ...all.slice((hit + 1) * each),
        ];
        expect(entries).toEqual(others(ALL.entries, 3));
        expect(seals).toEqual(others(ALL.seals, 1));
        expect(settled).toEqual(others(ALL.settled, 2));
        // A last batch that seems to go on behind the end may be a torn one.
        if (hit < BATCHES.length - 1) expect(damaged).toBe(1);
      }),
      { numRuns: 600 },
    );
  });

  it.each([
    ['zeros', 0],
    ['line ends', 10],
    ['foreign text', 65],
    ['signs of a batch', 35],
  ])('reads on behind a block of %s', (_, fill) => {
    const hurt = Buffer.from(WHOLE);
    const from = (BATCHES[0] as Buffer).length + 40;
    hurt.fill(fill, from, from + 300);
    const { entries, damaged } = read(hurt);
    expect(entries.slice(0, 3)).toEqual(ALL.entries.slice(0, 3));
    expect(entries.slice(3)).toEqual(ALL.entries.slice(36 - entries.length + 3));
    expect(entries.length).toBeGreaterThanOrEqual(27);
    expect(damaged).toBeGreaterThan(0);
  });

  it.each([0, 65])('reads on behind something between two batches (%i)', (fill) => {
    const [first, ...others] = BATCHES as [Buffer, ...Buffer[]];
    const { entries, damaged } = read(Buffer.concat([first, Buffer.alloc(99, fill), Buffer.from('\n'), ...others]));
    expect(entries).toEqual(ALL.entries);
    expect(damaged).toBe(1);
  });

  it('is empty or foreign as a whole', () => {
    expect(read(Buffer.alloc(0))).toMatchObject({ entries: [], damaged: 0, end: 0 });
    expect(read(Buffer.alloc(5_000))).toMatchObject({ entries: [], damaged: 1, end: 0 });
    expect(read(Buffer.from('something else\n'.repeat(500)))).toMatchObject({ entries: [], damaged: 1, end: 0 });
  });
});

describe('records that are none of ours under a right checksum', () => {
  it.each([
    'x[1]\tbody\n',
    'e[1]\tbody\n',
    'e[1,2,"d"]\tbody\n',
    'e[1,2,3,0,60,"event","events",1]\tbody\n',
    'e[1,2,"d",0,"x","event","events",1]\tbody\n',
    'e[0.5,2,"d",0,60,"event","events",1]\tbody\n',
    'e[1e400,2,"d",0,60,"event","events",1]\tbody\n',
    'e{"a":1}\tbody\n',
    'e[[[[[[\tbody\n',
    'e\n',
    '\n',
    'e[1,2,"d",0,60,"event","events",1]\tno line end',
    's["/i"]\n',
    's["/nowhere",0,"x"]\thead\n',
    'a["x","y"]\n',
    'a[null]\n',
    `e${'['.repeat(1_000)}\tdeep\n`,
  ])('are passed over: %.40j', (text) => {
    const [before, behind] = [written([event(1)]), written([event(2)])];
    const content = read(Buffer.concat([before, batchOf(text), behind]));
    expect(content.entries).toEqual(withOrigin([event(1), event(2)]));
    expect(content.damaged).toBeLessThanOrEqual(1);
    expect(content.settled.every(Number.isSafeInteger)).toBe(true);
  });

  it('cost no time, however much they claim', () => {
    const content = read(
      Buffer.concat([batchOf('a[1,2000000000]\n'), batchOf('a[-9007199254740991,9007199254740991]\n')]),
    );
    const isSettled = inRuns(content.settled);
    expect([0, 1, 2_000_000_001, 2_000_000_002].map(isSettled)).toEqual([true, true, true, false]);
  });

  it('never throw, whatever they are', () => {
    const anyRecord = fc.oneof(
      fc.string(),
      fc
        .tuple(fc.constantFrom('e', 's', 'a', 'x'), fc.array(fc.jsonValue()), fc.string())
        .map(([letter, list, rest]) => `${letter}${JSON.stringify(list)}\t${rest}\n`),
    );
    fc.assert(
      fc.property(fc.array(anyRecord), (records) => {
        const { entries, settled, seals } = read(batchOf(records.join('')));
        inRuns(settled)(1);
        for (const { id, timestamp } of entries) expect([id, timestamp].every(Number.isSafeInteger)).toBe(true);
        for (const { ids } of seals) expect(ids.every(Number.isSafeInteger)).toBe(true);
      }),
    );
  });
});

describe('inRuns', () => {
  it('knows what lies in one of the runs, in whatever order and however they overlap', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(300), fc.nat(20)), { maxLength: 20 }), (runs) => {
        const has = inRuns(runs.flatMap(([first, more]) => [first, first + more]));
        for (let id = -1; id < 330; id++) {
          expect([id, has(id)]).toEqual([id, runs.some(([first, more]) => id >= first && id <= first + more)]);
        }
      }),
    );
  });
});
