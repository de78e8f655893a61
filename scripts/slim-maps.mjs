import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

// The package has a limit of size. `file` and `sourceRoot` are optional in a source map, and ours say nothing in them.
// A module of types alone has no code, so no stack trace ever asks for its map.
const PROLOGUE = /^"use strict";\s*Object\.defineProperty\(exports, "__esModule", \{ value: true \}\);\s*$/;
const LINK = /^\/\/# sourceMappingURL=.*\s*/m;

const [folder] = process.argv.slice(2);
for (const name of readdirSync(folder, { recursive: true })) {
  if (!name.endsWith('.js.map')) continue;
  const mapPath = join(folder, name);
  const codePath = mapPath.slice(0, -'.map'.length);
  const code = readFileSync(codePath, 'utf8').replace(LINK, '');
  if (PROLOGUE.test(code)) {
    writeFileSync(codePath, code);
    rmSync(mapPath);
    continue;
  }
  const { file, sourceRoot, ...map } = JSON.parse(readFileSync(mapPath, 'utf8'));
  writeFileSync(mapPath, JSON.stringify(map));
}
