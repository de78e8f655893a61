// That its commands run: test/e2e/shops-in-a-fleet.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(__dirname, '../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const compose = read('docker-compose.yml');
const all = (pattern: RegExp) => [...compose.matchAll(pattern)].map(([, found = '']) => found);

describe('docker-compose.yml', () => {
  it('sets nothing that nobody reads', () => {
    const documented = read('sample-app/README.md');
    const variables = all(/^ {4}([A-Z_]+):/gm);
    expect(variables.length).toBeGreaterThan(0);
    for (const name of variables) expect(documented, name).toMatch(new RegExp(`\`${name}\``));
  });

  it('opens ports on this machine alone', () => {
    const ports = all(/^ {6}- (\S*:\d+)$/gm);
    expect(ports.length).toBeGreaterThan(0);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });
});
