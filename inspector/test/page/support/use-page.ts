import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { openBrowser } from '../../../../test/e2e/support/browser.js';
import type { InspectorOptions } from '../../../src/index.js';
import { type TestInspector, useInspector } from '../../support/use-inspector.js';

const BUILT = fileURLToPath(new URL('../../../dist/page/page.js', import.meta.url));

/** The page of a fresh inspector in a real browser; it must not complain of anything while a test looks at it. */
export class PageUnderTest {
  page!: Page;
  complaints: string[] = [];

  constructor(readonly server: TestInspector) {}

  /** Goes to an address such as `events?open=event/1` and waits until the page is live. */
  async open(place = ''): Promise<void> {
    await this.page.goto(`${this.server.url}/#${place}`);
    await this.page.locator('[data-testid="connection"][data-state="live"]').waitFor();
  }

  id(testId: string): Locator {
    return this.page.getByTestId(testId);
  }

  /** Rows of a table by kind, as far as they hold this text. */
  rows(kind: string, text?: string | RegExp): Locator {
    const rows = this.id(`${kind}-row`);
    return text === undefined ? rows : rows.filter({ hasText: text });
  }

  get drawer(): Locator {
    return this.id('drawer');
  }
}

export function usePage(options: BrowserContextOptions = {}, inspector: InspectorOptions = {}): PageUnderTest {
  const server = useInspector({ appKey: 'APPKEY', ...inspector });
  const under = new PageUnderTest(server);
  let browser: Browser;
  beforeAll(async () => {
    if (!existsSync(BUILT)) throw new Error(`There is no page at ${BUILT}. Run "npm run build" first.`);
    browser = await openBrowser();
    // One for all tests, which takes half the time: each has an inspector on a port of its own, an origin without memory.
    under.page = await browser.newPage(options);
    under.page.setDefaultTimeout(15_000);
    under.page.on('pageerror', ({ message }) => under.complaints.push(message));
    under.page.on('console', (message) => {
      // The browser's own note of an answer that is no success; what the page makes of it is what a test looks at.
      const isNote = message.text().startsWith('Failed to load resource');
      if (message.type() === 'error' && !isNote) under.complaints.push(message.text());
    });
  }, 60_000);
  afterAll(() => browser?.close());
  beforeEach(() => {
    under.complaints = [];
  });
  afterEach(async () => {
    await under.page.goto('about:blank');
    expect(under.complaints).toEqual([]);
  });
  return under;
}
