import { readFileSync } from 'node:fs';

/** `package.json` lies beside `src/` and `dist/`. */
const PACKAGE = new URL('../package.json', import.meta.url);

/** The version of this package. */
export const VERSION = (JSON.parse(readFileSync(PACKAGE, 'utf8')) as { version: string }).version;
