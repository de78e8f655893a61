import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pageAt, ROOT } from './support/pages.js';

const page = pageAt('docs/configuration.md').text;
/** The cells of each row: option, type, what, default, unit, environment, since. */
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) =>
    line
      .replace('<br>', ' | ')
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim()),
  );

describe('docs/configuration.md', () => {
  it('is what `npm run docs:config` writes', () => {
    const written = execFileSync(process.execPath, ['scripts/config-reference.mjs', '--print'], { cwd: ROOT });
    expect(page).toBe(written.toString());
  });

  it.each(['lib/index.ts', 'nest/index.ts', 'lib/compat/index.ts'])(
    'has every type of options that %s offers',
    (list) => {
      const names = readFileSync(join(ROOT, list), 'utf8').match(/\b\w+(?:Options|Conf)\b/g) ?? [];
      // Aliases of others that are there, the options as Nest's factory takes them, and what a user is told of.
      const elsewhere = ['ReportErrorsOptions', 'EndEventOptions', 'NetworkTraceOptions', 'BulkUserConf'];
      const missing = [...new Set(names)].filter(
        (name) => !elsewhere.includes(name) && !page.includes(`Type \`${name}\``),
      );
      expect(missing).toEqual([]);
    },
  );

  it('says what each option does', () => {
    expect(rows.filter(([, , , what]) => what === '').map(([, option]) => option)).toEqual([]);
    expect(rows.length).toBeGreaterThan(200);
  });

  it('gives each number a unit, unless it is one', () => {
    const plain = ['count', 'sum', 'minStatus', 'port', 'lanes'];
    const bare = rows.filter(([, option = '', type = '', , , unit]) => {
      const isNumber = /^`number`?/.test(type) && !plain.includes(option.replaceAll('`', ''));
      return isNumber && unit === '';
    });
    expect(bare.map(([, option]) => option)).toEqual([]);
  });

  it.each(['url', 'appKey', 'salt', 'deviceId', 'debug', 'disabled'])(
    'names the environment variable of %s',
    (name) => {
      const row = rows.find(([, option]) => option === `\`${name}\``);
      expect(row?.[6]).toMatch(/^`COUNTLY_[A-Z_]+`$/);
    },
  );
});
