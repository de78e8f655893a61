import { existsSync } from 'node:fs';
import { dirname, posix, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';
import packageJson from '../../package.json' with { type: 'json' };
import { slugOf } from '../slug.ts';

const SITE = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const REPOSITORY = resolve(SITE, '..');
const PAGES = resolve(SITE, 'pages');
const { repository } = packageJson as { repository?: { url: string } };
/** Where files are shown that are no pages of the site; nowhere while the package names no repository. */
const SOURCES = repository?.url.replace(/^git\+/, '').replace(/\.git$/, '/blob/main');

const page = (text: string, name: string) => ({ text, link: `/docs/${name}` });

const GUIDE = [
  {
    text: 'Begin',
    items: [
      page('Getting started', 'getting-started'),
      page('How it works', 'how-it-works'),
      page('Beside others', 'comparison'),
      page('Frequent questions', 'faq'),
      { text: 'Three small applications', link: '/examples/README' },
      { text: 'The sample shop', link: '/sample-app/README' },
      page('Moving from the official SDK', 'migration'),
      page('Moving from Segment or PostHog', 'moving'),
    ],
  },
  {
    text: 'Record',
    items: [
      page('Decorators', 'decorators'),
      page('Segmentation', 'segmentation'),
      page('The client', 'client'),
      page('After the commit', 'transactions'),
      page('What decorators do to a method', 'transparency'),
      page('OpenTelemetry', 'opentelemetry'),
      page('Feature flags', 'openfeature'),
    ],
  },
  {
    text: 'People',
    items: [
      page('Identity and scopes', 'identity'),
      page('Sessions', 'sessions'),
      page('Consent', 'consent'),
      page('Privacy', 'privacy'),
    ],
  },
  { text: 'NestJS', items: [page('The module', 'nestjs')] },
  {
    text: 'Run it',
    items: [
      page('Delivery', 'delivery'),
      page('A storage of your own', 'storage'),
      page('Scaling', 'scaling'),
      page('Serverless', 'serverless'),
      page('Performance', 'performance'),
      page('Troubleshooting', 'troubleshooting'),
    ],
  },
  {
    text: 'Check it',
    items: [
      page('Testing', 'testing'),
      page('Tracking plan', 'plan'),
      page('The inspector', 'inspector'),
      { text: 'Its own page', link: '/inspector/README' },
    ],
  },
  {
    text: 'Reference',
    items: [
      page('Configuration', 'configuration'),
      { text: 'API', link: '/api/entries' },
      page('Compatibility', 'compatibility'),
      page('Versions and deprecation', 'versions'),
      page('Protocol', 'protocol'),
      { text: 'Changelog', link: '/CHANGELOG' },
      { text: 'Security', link: '/SECURITY' },
      { text: 'Contributing', link: '/CONTRIBUTING' },
    ],
  },
];

/** A link as a page has it on GitHub, as the site needs it; nothing where the site has no such place. */
function linkOnSite(href: string, from: string): string | undefined {
  const [path = '', anchor] = href.split('#');
  if (/^[a-z]+:/.test(href) || path === '') return href;
  const target = posix.join(posix.dirname(from), path);
  const hash = anchor === undefined ? '' : `#${anchor}`;
  if (target === 'README.md') return `/${hash}`;
  if (target.endsWith('.md')) return `/${target}${hash}`;
  return SOURCES === undefined || !existsSync(resolve(REPOSITORY, target)) ? undefined : `${SOURCES}/${target}${hash}`;
}

export default defineConfig({
  title: 'countly-weave',
  description: 'Decorators and a complete Countly client for Node.js servers',
  srcDir: 'pages',
  outDir: 'dist',
  head: [['link', { rel: 'icon', href: '/icon.svg' }]],
  lastUpdated: false,
  markdown: {
    anchor: { slugify: slugOf },
    toc: { slugify: slugOf },
    config(markdown) {
      markdown.core.ruler.after('inline', 'links-of-the-repository', ({ tokens, env }) => {
        const from = posix.relative(PAGES, env.path ?? '');
        for (const { children } of tokens) {
          const open: boolean[] = [];
          for (const token of children ?? []) {
            if (token.type === 'link_open') {
              const href = linkOnSite(String(token.attrGet('href')), from);
              if (href === undefined) Object.assign(token, { tag: 'span', attrs: [] });
              else token.attrSet('href', href);
              open.push(href !== undefined);
            } else if (token.type === 'link_close' && open.pop() === false) token.tag = 'span';
          }
        }
      });
    },
  },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Getting started', link: '/docs/getting-started' },
      { text: 'Configuration', link: '/docs/configuration' },
      { text: 'API', link: '/api/entries' },
    ],
    sidebar: GUIDE,
  },
});
