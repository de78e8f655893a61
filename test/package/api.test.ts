import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { apiText } from './support/api-text.js';

const DIST = join(__dirname, '../../dist');
const ADVICE = 'the public API has changed; if that is meant, `npm run api:accept` writes it to test/package/api/';

/** `core` is what the entries share. */
const declarations = readdirSync(DIST).filter((file) => file.endsWith('.d.ts'));

describe('the public API, every name and signature of every entry', () => {
  it.each(declarations)('%s says what was accepted', async (file) => {
    const text = apiText(file, readFileSync(join(DIST, file), 'utf8'));
    await expect(text, ADVICE).toMatchFileSnapshot(`api/${file.replace('.d.ts', '.txt')}`);
  });
});

describe('the text that is compared', () => {
  const text = (source: string) => apiText('index.d.ts', source);
  const accepted = text('declare class A {\n  add(n: number): void;\n}\nexport { A };');

  it('knows neither comments nor private members nor order', () => {
    const same =
      'export { A };\n/** One. */\ndeclare class A {\n  #x;\n  private y;\n  /** Two. */\n  add(n: number): void;\n}';
    expect(text(same)).toBe(accepted);
  });

  it.each([
    ['a signature', 'declare class A {\n  add(n: string): void;\n}\nexport { A };'],
    ['a name', 'declare class A {\n  add(n: number): void;\n}\nexport { A as B };'],
    ['a member that became protected', 'declare class A {\n  protected add(n: number): void;\n}\nexport { A };'],
  ])('knows %s', (_, source) => {
    expect(text(source)).not.toBe(accepted);
  });
});
