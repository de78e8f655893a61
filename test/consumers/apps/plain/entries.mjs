// Loads every entry given as an argument through both module systems.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
for (const entry of process.argv.slice(2)) {
  const required = require(entry);
  const imported = await import(entry);
  // Node reads the names of a CommonJS module without running it: each has to be found, and be the same thing.
  const names = Object.keys(imported).filter((name) => !['__esModule', 'default', 'module.exports'].includes(name));
  assert.ok(names.length > 0, `${entry} exports nothing`);
  for (const name of names) assert.equal(imported[name], required[name], `${entry}: ${name} is not the same`);
  assert.equal(imported.default, required, `${entry} is not the same`);
  // Only the drop-in is one object, as the package it stands for.
  if (entry.endsWith('/compat')) continue;
  assert.equal(required.default, undefined, `${entry} has a default export`);
  assert.deepEqual(Object.keys(required).sort(), names.sort());
}
