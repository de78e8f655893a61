// Loads every entry given as an argument through both module systems.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
for (const entry of process.argv.slice(2)) {
  const required = require(entry);
  const imported = await import(entry);
  const names = Object.keys(required).filter((name) => name !== '__esModule');
  assert.ok(names.length > 0, `${entry} exports nothing`);
  // Node reads the names of a CommonJS module without running it: each has to be found, and be the same thing.
  for (const name of names) assert.equal(imported[name], required[name], `${entry}: ${name} is not the same`);
  assert.equal(required.default, undefined, `${entry} has a default export`);
}
