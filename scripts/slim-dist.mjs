import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

// The package has a limit of size. `file` and `sourceRoot` are optional in a source map, and ours say nothing in them.
// A module of types alone has no code, so no stack trace ever asks for its map.
const PROLOGUE = /^"use strict";\s*Object\.defineProperty\(exports, "__esModule", \{ value: true \}\);\s*$/;
const LINK = /^\/\/# sourceMappingURL=.*\s*/m;
// What is documented stands in the declarations and in the source within the map; in the code it is read at each start of
// a process and by nobody. The lines stay, or the map would be wrong.
const DOCUMENTATION = /^[ \t]*\/\*\*[\s\S]*?\*\/[ \t]*$/gm;
const withoutDocumentation = (code) => code.replace(DOCUMENTATION, (block) => block.replace(/.+/g, ''));

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
  writeFileSync(codePath, withoutDocumentation(readFileSync(codePath, 'utf8')));
  const { file, sourceRoot, ...map } = JSON.parse(readFileSync(mapPath, 'utf8'));
  writeFileSync(mapPath, JSON.stringify(map));
}
