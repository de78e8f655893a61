import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transformSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { functionPlaces } from '../../lib/inspection/function-places.js';

const SOURCE = `interface Unused {
  readonly name: string;
}

export class Shop {
  pay(): void {}
}
`;

describe('where a function stands', () => {
  let folder: string;
  beforeAll(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'places-')));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Compiles the source, loads it, and asks for the place of the method. */
  function placeOf(name: string, sourcemap: 'external' | 'inline' | false): unknown {
    const sourcefile = `${name}.ts`;
    const { code, map } = transformSync(SOURCE, { loader: 'ts', format: 'cjs', sourcefile, sourcemap });
    const file = join(folder, `${name}.js`);
    writeFileSync(file, sourcemap === 'external' ? `${code}//# sourceMappingURL=${name}.js.map\n` : code);
    if (sourcemap === 'external') writeFileSync(`${file}.map`, map);
    const { Shop } = createRequire(file)(file) as { Shop: { prototype: { pay(): void } } };
    return functionPlaces([Shop.prototype.pay])[0];
  }

  it('is what its source map says', () => {
    const expected = (name: string) =>
      expect.objectContaining({ file: join(folder, `${name}.ts`), line: 6 }) as unknown;
    expect(placeOf('beside', 'external')).toEqual(expected('beside'));
    expect(placeOf('within', 'inline')).toEqual(expected('within'));
  });

  it('is the code itself without a map, or with one that cannot be read', () => {
    expect(placeOf('plain', false)).toMatchObject({ file: join(folder, 'plain.js') });
    const file = join(folder, 'broken.js');
    writeFileSync(file, 'exports.f = function () {};\n//# sourceMappingURL=nowhere.map\n');
    const { f } = createRequire(file)(file) as { f(): void };
    expect(functionPlaces([f])).toEqual([{ file, line: 1, column: expect.any(Number) as number }]);
  });

  it('is nowhere for what is not written in a file', () => {
    expect(functionPlaces([Math.max, [].push])).toEqual([undefined, undefined]);
    expect(functionPlaces([])).toEqual([]);
  });
});
