import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

// The package has a limit of size. `file` and `sourceRoot` are optional in a source map, and ours say nothing in them.
const [folder] = process.argv.slice(2);
for (const name of readdirSync(folder, { recursive: true })) {
  if (!name.endsWith('.js.map')) continue;
  const path = join(folder, name);
  const { file, sourceRoot, ...map } = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(path, JSON.stringify(map));
}
