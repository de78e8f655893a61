import fc from 'fast-check';
import { expect } from 'vitest';
import { alive, anything as unborn } from '../support/nasty.js';

/** Values of a running program: proxies, getters that throw, cycles, ten million characters. Made alive in the call only. */
export const anything: fc.Arbitrary<() => unknown> = unborn.map((value) => () => alive(value));

const ODD_NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
  'then',
  '',
  '$',
  '\0',
];

/** What JSON can hold, with a liking for these names. */
export function json(...names: readonly string[]): fc.Arbitrary<unknown> {
  const name = fc.oneof(fc.constantFrom(...ODD_NAMES, ...names), fc.string({ unit: 'binary', maxLength: 8 }));
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.constantFrom(...ODD_NAMES, ...names),
    fc.constantFrom('\u001b[31m', '\u202e', '\n', '\u009b', 'x'.repeat(5000), '&#x41;', '&#99999999999;'),
  );
  const number = fc.oneof(
    fc.double({ noNaN: true }),
    fc.integer(),
    fc.constantFrom(1e308, -1e308, 2 ** 53, 9e15, -1, 0, -0, 0.5),
  );
  return fc.letrec<{ value: unknown; leaf: unknown }>((tie) => ({
    leaf: fc.oneof(text, number, fc.boolean(), fc.constant(null)),
    value: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      tie('leaf'),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.array(fc.tuple(name, tie('value')), { maxLength: 6 }).map(objectOf),
    ),
  })).value;
}

/** As `JSON.parse` makes it: `__proto__` is a name like any other. */
function objectOf(members: readonly (readonly [string, unknown])[]): object {
  return Object.fromEntries(members);
}

/** What is nearly right: parts of it left out, repeated, replaced. */
export function mutationsOf(text: string): fc.Arbitrary<string> {
  const cut = fc.record({ at: fc.nat(text.length), size: fc.nat(8), put: fc.string({ unit: 'binary', maxLength: 8 }) });
  return fc.array(cut, { minLength: 1, maxLength: 4 }).map((cuts) => {
    let result = text;
    for (const { at, size, put } of cuts) result = result.slice(0, at) + put + result.slice(at + size);
    return result;
  });
}

/** The same for bytes. */
export function mutatedBytes(bytes: Buffer): fc.Arbitrary<Buffer> {
  const cut = fc.record({ at: fc.nat(bytes.length), size: fc.nat(8), put: fc.uint8Array({ maxLength: 8 }) });
  return fc.array(cut, { minLength: 1, maxLength: 4 }).map((cuts) => {
    let result = bytes;
    for (const { at, size, put } of cuts) {
      result = Buffer.concat([result.subarray(0, at), put, result.subarray(Math.min(at + size, result.length))]);
    }
    return result;
  });
}

const NAMES_OF_OBJECTS = Object.getOwnPropertyNames(Object.prototype).join();

/** Nobody has put anything into what all objects have. */
export function expectUnpolluted(): void {
  expect(Object.getOwnPropertyNames(Object.prototype).join()).toBe(NAMES_OF_OBJECTS);
  expect(Object.getOwnPropertyNames(Array.prototype)).not.toContain('polluted');
}

export const MEGABYTES = 10 * 1024 * 1024;

/**
 * Ten megabytes are read in less than a second of a machine that does nothing else; here it may do much else. What grows with
 * the square of the input takes minutes.
 */
export function expectQuick(work: () => void): void {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1000).toBeLessThan(10_000);
}

export function repeated(piece: string, bytes = MEGABYTES): string {
  return piece.repeat(Math.ceil(bytes / piece.length)).slice(0, bytes);
}
