import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Debian's browser, with an empty profile. A missing one is a failure: a test that is skipped proves nothing. */
export function openBrowser(): Promise<Browser> {
  const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
  if (!existsSync(executablePath)) {
    throw new Error(
      `There is no browser at ${executablePath}. Install one (Debian: apt-get update && apt-get install -y chromium), ` +
        'or set CHROMIUM_PATH to where yours is.',
    );
  }
  return chromium.launch({ executablePath, args: ARGS, headless: true });
}
