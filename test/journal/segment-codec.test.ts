import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { parseSegmentFileName, type SegmentName, segmentFileName } from '../../lib/journal/journal-format.js';
import { RecordSink } from '../../lib/journal/record-sink.js';
import { type DecodedSeal, SegmentDecoder } from '../../lib/journal/segment-decoder.js';
import { SegmentEncoder } from '../../lib/journal/segment-encoder.js';
import type { Entry, EntryDraft, EntryOrigin, SealedPath } from '../../lib/protocol/entry.js';
import type { HeadCut, HeadFrame } from '../../lib/protocol/head.js';
import { event, inParts, START } from './support/drafts.js';

// For machines that are busy with other things.
vi.setConfig({ testTimeout: 60_000 });

const NAME: SegmentName = { sequence: 1, firstId: 500, firstTime: START };

interface Read {
  entries: string[];
  seals: string[];
  settled: number[];
  damaged: number;
  torn: boolean;
}

function decode(bytes: Buffer, name = NAME): Read {
  const decoder = new SegmentDecoder(bytes, name);
  for (const _slice of decoder.index());
  const entries: Entry[] = [];
  for (const _slice of decoder.entries(() => true, entries));
  return {
    entries: entries.map((entry) => JSON.stringify(entry)),
    seals: decoder.seals.map((seal) => sealText(idsOf(seal.ids), seal.path, seal.head)),
    settled: idsOf(decoder.settled),
    damaged: decoder.damage.damagedLines + decoder.orphans,
    torn: decoder.damage.torn,
  };
}

const idsOf = (runs: DecodedSeal['ids']): number[] =>
  runs.flatMap(({ first, more }) => Array.from({ length: more + 1 }, (_, i) => first + i));
const sealText = (ids: readonly number[], path: SealedPath, head: string): string =>
  JSON.stringify({ ids, path, head });
const entryText = (id: number, draft: EntryDraft): string => {
  const { deviceId, idType, tz, kind, feature, timestamp, weight, body } = draft;
  return JSON.stringify({ id, deviceId, idType, tz, kind, feature, timestamp, weight, body });
};

const trace = (n: number, from: Partial<EntryDraft> = {}, timed = false): EntryDraft => {
  const body = `"apm":{"type":"network","name":"GET /","apm_metrics":{"response_time":${n}}}`;
  return inParts({ ...event(n, from), kind: 'request', feature: 'apm', body }, 68, timed);
};

const anyDraft: fc.Arbitrary<EntryDraft> = fc.record({
  deviceId: fc.oneof(fc.constantFrom('u1', 'u2'), fc.string({ unit: 'grapheme', minLength: 1 })),
  idType: fc.constantFrom(0 as const, 1 as const, 9 as const),
  kind: fc.constantFrom('event' as const, 'request' as const),
  feature: fc.constantFrom('events' as const, 'views' as const, 'crashes' as const, 'core' as const, 'apm' as const),
  timestamp: fc.oneof(fc.nat(100_000), fc.integer({ min: -1e12, max: 1e13 })).map((n) => START + n),
  tz: fc.integer({ min: -720, max: 840 }),
  weight: fc.oneof(fc.constant(1), fc.integer({ min: 2, max: 1e9 })),
  body: fc.json(),
});

const anyHead = fc.oneof(
  fc
    .tuple(fc.constantFrom('u1', 'a"b'), fc.nat(100_000))
    .map(([id, n]) => `"device_id":${JSON.stringify(id)},"t":0,"timestamp":${START + n},"hour":3`),
  fc.string({ unit: 'grapheme' }).map((text) => JSON.stringify(text)),
);
const anyIds = fc.array(
  fc.nat(1_000).map((n) => n + 1),
  { minLength: 1, maxLength: 20 },
);
const anyPath = fc.constantFrom('/i' as const, '/i/bulk' as const);
const FRAMES: readonly HeadFrame[] = [
  { before: '"device_id":"', middle: '","t":0,"timestamp":', after: ',"hour":3,"tz":"60"', idType: 0, tz: 60 },
  { before: '"device_id":"', middle: '","av":"\\"ü","timestamp":', after: ',"hour":4,"tz":"60"', idType: 1, tz: 60 },
];
const anyCut: fc.Arbitrary<HeadCut> = fc.record({
  frame: fc.constantFrom(...FRAMES),
  deviceId: fc.constantFrom('u1', 'u2', 'nobody yet'),
  timestamp: fc.oneof(fc.nat(100_000), fc.integer({ min: -1e12, max: 1e13 })).map((n) => START + n),
});
const anyStep = fc.oneof(
  anyDraft.map((draft) => ({ draft })),
  fc.tuple(anyDraft, fc.nat(5), fc.boolean()).map(([draft, cut, timed]) => ({ draft: inParts(draft, cut, timed) })),
  fc.nat(9).map((n) => ({ draft: inParts(event(n), undefined, n % 2 === 0) })),
  fc.nat(9).map((n) => ({ draft: trace(n, {}, n === 9) })),
  fc.record({ ids: anyIds, path: anyPath, head: anyHead }),
  fc.record({ ids: anyIds, path: anyPath, cut: anyCut }),
  anyIds.map((settle) => ({ settle })),
);

const textOf = ({ frame, deviceId, timestamp }: HeadCut): string =>
  frame.before + deviceId + frame.middle + timestamp + frame.after;

describe('a segment', () => {
  it('gives back all that was written', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 60 }), (steps) => {
        const encoder = new SegmentEncoder(NAME);
        const sink = new RecordSink(16);
        const expected: Read = { entries: [], seals: [], settled: [], damaged: 0, torn: false };
        let id = NAME.firstId;
        encoder.header(sink);
        for (const step of steps) {
          if ('draft' in step) {
            encoder.entry(sink, id, step.draft);
            expected.entries.push(entryText(id++, step.draft));
          } else if ('settle' in step) {
            encoder.settle(sink, [{ first: step.settle[0] as number, more: 3 }]);
            expected.settled.push(...[0, 1, 2, 3].map((n) => (step.settle[0] as number) + n));
          } else {
            const cut = 'cut' in step ? step.cut : undefined;
            const head = 'cut' in step ? textOf(step.cut) : step.head;
            encoder.seal(sink, step.ids, step.path, head, cut);
            expected.seals.push(sealText(step.ids, step.path, head));
          }
        }
        expect(decode(sink.bytes.subarray(0, sink.length))).toEqual(expected);
      }),
    );
  });

  const linesOf = (sink: RecordSink, type: string): number =>
    sink.bytes
      .toString('latin1', 0, sink.length)
      .split('\n')
      .filter((line) => line.startsWith(type)).length;
  /** Lines that name a device. */
  const namings = (sink: RecordSink): number => linesOf(sink, 'd');
  const origin = (deviceId: string): EntryOrigin => ({ deviceId, mark: undefined });

  it('names a device once, by what its origin notes, whatever other devices come between', () => {
    const encoder = new SegmentEncoder(NAME);
    const sink = new RecordSink(16);
    const [a, b] = [origin('a'), origin('b')];
    const drafts = [a, b, a, b, a].map((from, n) => event(n, { deviceId: from.deviceId, origin: from }));
    drafts.forEach((draft, n) => {
      encoder.entry(sink, NAME.firstId + n, draft);
    });
    const cut = { frame: FRAMES[0] as HeadFrame, deviceId: 'a', timestamp: START, origin: a };
    encoder.seal(sink, [NAME.firstId], '/i', textOf(cut), cut);
    expect(namings(sink)).toBe(2);
    const read = decode(sink.bytes.subarray(0, sink.length));
    expect(read.entries).toEqual(drafts.map((draft, n) => entryText(NAME.firstId + n, draft)));
    expect(read.seals).toEqual([sealText([NAME.firstId], '/i', textOf(cut))]);
  });

  it('names a device anew that another segment has named, or that has changed', () => {
    const from = origin('a');
    const older = new SegmentEncoder(NAME);
    const name = { ...NAME, sequence: 2, firstId: 600 };
    const newer = new SegmentEncoder(name);
    const [before, behind] = [new RecordSink(16), new RecordSink(16)];
    const draft = event(1, { deviceId: 'a', origin: from });
    const elsewhere = { ...draft, tz: 120 };
    older.entry(before, 500, draft);
    newer.entry(behind, 600, draft);
    newer.entry(behind, 601, elsewhere);
    expect([namings(before), namings(behind)]).toEqual([1, 2]);
    expect(decode(behind.bytes.subarray(0, behind.length), name).entries).toEqual([
      entryText(600, draft),
      entryText(601, elsewhere),
    ]);
    // A request of entries that stand in an older segment.
    const cut = { frame: FRAMES[0] as HeadFrame, deviceId: 'a', timestamp: START, origin: from };
    const third = { ...NAME, sequence: 3, firstId: 700 };
    const last = new RecordSink(16);
    new SegmentEncoder(third).seal(last, [600], '/i', textOf(cut), cut);
    expect(decode(last.bytes.subarray(0, last.length), third).seals).toEqual([sealText([600], '/i', textOf(cut))]);
  });

  it('writes what many bodies begin with once, and the time of an entry not at all', () => {
    const encoder = new SegmentEncoder(NAME);
    const sink = new RecordSink(16);
    const drafts = Array.from({ length: 30 }, (_, n) => inParts(event(n, { deviceId: 'a' }), 19, true));
    drafts.forEach((draft, n) => {
      encoder.entry(sink, NAME.firstId + n, draft);
    });
    const text = sink.bytes.toString('utf8', 0, sink.length);
    expect(linesOf(sink, 'b')).toBe(2);
    expect(text.split('"key"')).toHaveLength(3);
    expect(text).not.toContain('timestamp');
    expect(decode(Buffer.from(text)).entries).toEqual(drafts.map((draft, n) => entryText(NAME.firstId + n, draft)));
  });

  it('writes what many traces begin with once', () => {
    const encoder = new SegmentEncoder(NAME);
    const sink = new RecordSink(16);
    const drafts = Array.from({ length: 30 }, (_, n) => trace(n, { deviceId: 'a' }));
    drafts.forEach((draft, n) => {
      encoder.entry(sink, NAME.firstId + n, draft);
    });
    const text = sink.bytes.toString('utf8', 0, sink.length);
    expect([linesOf(sink, 'b'), linesOf(sink, 'p')]).toEqual([2, 30]);
    expect(text.split('"apm"')).toHaveLength(3);
    expect(decode(Buffer.from(text)).entries).toEqual(drafts.map((draft, n) => entryText(NAME.firstId + n, draft)));
  });

  it('has an end to the texts it knows: bodies beyond that are written whole', () => {
    const encoder = new SegmentEncoder(NAME);
    const sink = new RecordSink(16);
    const drafts = Array.from({ length: 300 }, (_, n) => inParts(event(n), undefined, n % 2 === 0));
    const before = drafts.map((draft, n) => ({ ...draft, opening: `${draft.opening}${n}`, body: '' }));
    const made = before.map((draft) => ({ ...draft, body: `${draft.opening}${draft.rest}${draft.time}` }));
    made.forEach((draft, n) => {
      encoder.entry(sink, NAME.firstId + n, draft);
    });
    expect([linesOf(sink, 'b'), linesOf(sink, 'e')]).toEqual([256, 44]);
    expect(decode(sink.bytes.subarray(0, sink.length)).entries).toEqual(
      made.map((draft, n) => entryText(NAME.firstId + n, draft)),
    );
  });

  it('remembers imports', () => {
    const encoder = new SegmentEncoder(NAME);
    const sink = new RecordSink(16);
    encoder.importBegin(sink, 'abc', 600, 12);
    encoder.importEnd(sink, 'abc');
    const decoder = new SegmentDecoder(sink.bytes.subarray(0, sink.length), NAME);
    for (const _slice of decoder.index());
    expect(decoder.importsBegun).toEqual([{ token: 'abc', firstId: 600, count: 12 }]);
    expect(decoder.importsEnded).toEqual(['abc']);
  });

  it('is left alone when a newer version wrote it', () => {
    const sink = new RecordSink(16);
    sink.startRecord(0x48);
    sink.text(' countly-weave journal 2,1,1');
    sink.endRecord();
    new SegmentEncoder(NAME).entry(sink, 1, event(1));
    const decoder = new SegmentDecoder(sink.bytes.subarray(0, sink.length), NAME);
    for (const _slice of decoder.index());
    expect(decoder.foreign).toBe(true);
  });

  it('has a name that says what its header says', () => {
    const name = { sequence: 12, firstId: 1_234_567, firstTime: START };
    expect(parseSegmentFileName(segmentFileName(name))).toEqual(name);
    expect(parseSegmentFileName('dead-letter.jsonl')).toBeUndefined();
  });
});

/** A segment with a bit of all: records and, for each, the bytes it ends at. */
function sample(): { bytes: Buffer; ends: number[]; whole: Read } {
  const encoder = new SegmentEncoder(NAME);
  const sink = new RecordSink(16);
  const ends: number[] = [];
  encoder.header(sink);
  for (let n = 0; n < 40; n++) {
    const draft = event(n, n % 7 === 3 ? { feature: 'views', weight: 3, body: '{"ü":"🦜"}' } : {});
    encoder.entry(sink, NAME.firstId + n, n % 2 === 0 ? inParts(draft, undefined, n % 4 === 0) : draft);
    ends.push(sink.length);
    if (n % 10 === 9) {
      const head = `"device_id":"device-1","t":0,"timestamp":${START + n}`;
      encoder.seal(sink, [NAME.firstId + n, NAME.firstId + n - 1], '/i', head);
      encoder.settle(sink, [{ first: NAME.firstId + n - 5, more: 1 }]);
    }
  }
  const bytes = Buffer.from(sink.bytes.subarray(0, sink.length));
  return { bytes, ends, whole: decode(bytes) };
}

describe('a torn segment', () => {
  it('gives all records before the tear, at every byte', () => {
    const { bytes, ends, whole } = sample();
    expect(whole.entries).toHaveLength(40);
    for (let cut = 0; cut <= bytes.length; cut++) {
      const read = decode(bytes.subarray(0, cut));
      // The newline alone may be missing: the record is whole.
      const complete = ends.filter((end) => end - 1 <= cut).length;
      expect(read.entries).toEqual(whole.entries.slice(0, complete));
      expect(read.damaged).toBe(0);
      expect(whole.seals.slice(0, read.seals.length)).toEqual(read.seals);
    }
  });

  it('says so', () => {
    const { bytes } = sample();
    expect(decode(bytes.subarray(0, bytes.length - 2)).torn).toBe(true);
    expect(decode(Buffer.concat([bytes, Buffer.alloc(100)])).torn).toBe(true);
    expect(decode(bytes).torn).toBe(false);
  });
});

describe('a damaged segment', () => {
  const { bytes, whole } = sample();
  const known = new Set([...whole.entries, ...whole.seals]);
  const lineAt = (at: number): string => {
    const start = bytes.lastIndexOf(10, at - 1) + 1;
    return bytes.toString('utf8', start, bytes.indexOf(10, at) + 1);
  };

  it('loses at most the damaged record, whichever byte is hit', () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const hurt = Buffer.from(bytes);
        hurt[at] = (hurt[at] as number) ^ change;
        const read = decode(hurt);
        const all = [...whole.entries, ...whole.seals];
        const got = [...read.entries, ...read.seals];
        expect(got.filter((it) => !known.has(it))).toEqual([]);
        expect(read.settled.filter((id) => !whole.settled.includes(id))).toEqual([]);
        // A device or example line carries up to so many others; the sample has none that is repeated.
        if (!'dt'.includes(lineAt(at)[0] as string)) expect(all.length - got.length).toBeLessThanOrEqual(1);
        expect(read.damaged > 0 || read.torn).toBe(true);
      }),
      { numRuns: 600 },
    );
  });

  it('reads on behind a block of zeros or foreign text', () => {
    for (const fill of [0, 10, 65]) {
      const hurt = Buffer.from(bytes);
      hurt.fill(fill, 700, 1_000);
      const read = decode(hurt);
      expect(read.entries.length).toBeGreaterThan(20);
      expect(read.entries.filter((it) => !whole.entries.includes(it))).toEqual([]);
      expect(read.entries.at(-1)).toBe(whole.entries.at(-1));
    }
  });

  it('does not need its header', () => {
    const hurt = Buffer.from(bytes);
    hurt.fill(65, 0, 20);
    expect(decode(hurt).entries).toEqual(whole.entries);
  });

  it.each([
    ['of a device', 'd'],
    ['with a text', 'b'],
  ])('keeps all entries that lean on a line %s, when they are many and one such line is damaged', (_, type) => {
    const encoder = new SegmentEncoder(NAME);
    const sink = new RecordSink(16);
    for (let n = 0; n < 100; n++) encoder.entry(sink, NAME.firstId + n, inParts(event(0)));
    const hurt = Buffer.from(sink.bytes.subarray(0, sink.length));
    const line = `\n${hurt.toString('latin1')}`.indexOf(`\n${type}`);
    hurt[line + 3] = 1;
    const read = decode(hurt);
    expect(read.entries).toHaveLength(100);
    expect(read.damaged).toBe(1);
  });

  it('counts the entries whose text is lost as damaged', () => {
    const encoder = new SegmentEncoder(NAME);
    const sink = new RecordSink(16);
    for (let n = 0; n < 10; n++) encoder.entry(sink, NAME.firstId + n, inParts(event(0)));
    const hurt = Buffer.from(sink.bytes.subarray(0, sink.length));
    for (const { index } of hurt.toString('latin1').matchAll(/^b/gm)) hurt[index + 3] = 1;
    expect(decode(hurt)).toMatchObject({ entries: [], damaged: 12 });
  });
});
