import { describe, expect, it } from 'vitest';
import { readSegment, type SegmentContent } from '../../lib/journal/codec.js';
import { Folder, segmentFileName, segmentFileNames } from '../../lib/journal/folder.js';
import { SegmentFile } from '../../lib/journal/segment.js';
import { event, START } from './support/entries.js';
import { SimulatedDisk } from './support/simulated-disk.js';

/** A folder of segments with ten entries each: 0-9, 10-19 … */
function folderOf(count: number) {
  const disk = new SimulatedDisk();
  const fs = disk.mount(() => START);
  fs.createFolder('/f');
  const folder = new Folder(fs, '/f');
  const segments = Array.from({ length: count }, (_, n) => {
    const segment = new SegmentFile(fs, folder.at(segmentFileName(n + 1)));
    for (let k = 0; k < 10; k++) segment.add(event(n * 10 + k).id);
    segment.file();
    segment.position = 1;
    folder.add(segment);
    return segment;
  });
  const settle = (from: number, to: number): void => {
    for (let n = from; n <= to; n++) folder.settle(event(n).id);
  };
  return { disk, fs, folder, segments, settle };
}

function read(bytes: Buffer): SegmentContent {
  const reading = readSegment(bytes, {});
  for (;;) {
    const step = reading.next();
    if (step.done === true) return step.value;
  }
}

const request = (head: string, ...numbers: number[]) => {
  const entries = numbers.map((n) => event(n));
  return { deviceId: '', path: '/i' as const, head, entries };
};

describe('names of segments', () => {
  it('are in the order of their numbers, however many there are', () => {
    const names = [1, 2, 999_999, 1_000_000].map(segmentFileName);
    expect(segmentFileNames([...names].reverse())).toEqual(names);
  });

  it('are no names of other files', () => {
    expect(segmentFileNames(['dead-letter.jsonl', '1.seg', '000001.seg.bak', '.000001.seg'])).toEqual([]);
  });
});

describe('Folder', () => {
  it('finds every entry, and none that is not there', () => {
    const { folder } = folderOf(5);
    for (let n = 0; n < 50; n++) expect(folder.has(event(n).id)).toBe(true);
    for (const n of [-1, 50]) expect([folder.has(event(n).id), folder.settle(event(n).id)]).toEqual([false, false]);
  });

  it('writes a settlement to the segment the entry stands in', () => {
    const { folder, segments, settle } = folderOf(3);
    settle(12, 14);
    expect(folder.hasNews).toBe(true);
    const news = folder.news();
    expect(news?.segment).toBe(segments[1]);
    expect(read(news?.bytes as Buffer).settled).toEqual([event(12).id, event(14).id]);
    expect([folder.hasNews, folder.news()]).toEqual([false, undefined]);
  });

  it('writes a seal to the segment its oldest entry stands in that is not settled', () => {
    const { folder, segments, settle } = folderOf(3);
    settle(0, 9);
    expect(folder.seal(request('a', 9, 11, 20))).toBe(true);
    expect(folder.seal(request('b', 12))).toBe(true);
    const news = folder.news();
    expect(news?.segment).toBe(segments[1]);
    expect(read(news?.bytes as Buffer).seals.map(({ head }) => head)).toEqual(['a', 'b']);
    expect(folder.seal(request('c', 3))).toBe(false);
    expect(folder.hasNews).toBe(false);
  });

  it('deletes a segment when all in it is settled, without writing that', () => {
    const { disk, folder, settle } = folderOf(3);
    settle(10, 18);
    folder.news();
    settle(19, 19);
    expect(folder.hasNews).toBe(false);
    folder.sweep();
    expect(disk.segments()).toEqual(['/f/000001.seg', '/f/000003.seg']);
    expect(folder.isSettled).toBe(false);
  });

  it('keeps the one that is written to, and writes there that all is settled', () => {
    const { disk, folder, segments, settle } = folderOf(1);
    folder.current = segments[0];
    settle(0, 9);
    folder.sweep();
    expect(disk.segments()).toHaveLength(1);
    expect(read(folder.news()?.bytes as Buffer).settled).toEqual([event(0).id, event(9).id]);
    folder.current = undefined;
    folder.sweep();
    expect(disk.segments()).toEqual([]);
  });

  it('loses no seal when its file cannot be opened', () => {
    const { disk, folder, segments } = folderOf(1);
    segments[0]?.close();
    folder.seal(request('a', 1));
    disk.broken = 'EIO';
    expect(() => folder.news()).toThrow('EIO');
    disk.broken = undefined;
    expect(read(folder.news()?.bytes as Buffer).seals).toHaveLength(1);
  });

  it('sees which of its files are missing, unless nobody needs them', async () => {
    const { fs, folder, segments, settle } = folderOf(3);
    expect(await folder.missing()).toEqual([]);
    await fs.remove('/f');
    settle(0, 9);
    expect(await folder.missing()).toEqual(segments.slice(1));
    folder.forget(segments.slice(1));
    expect(folder.has(event(15).id)).toBe(false);
  });
});
