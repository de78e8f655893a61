/**
 * Who may import whom. Each folder of lib/ may import the folders named here, itself, and the primitives
 * (check.ts, errors.ts, linked-list.ts, logger.ts, clock.ts, shared.ts). Docs: CONTRIBUTING.md. The parser reads
 * no TSX: what inspector/page/ may import stands in biome.json.
 */
const LAYERS = {
  protocol: [],
  journal: ['protocol'],
  http: ['protocol'],
  // Of the outbox the contract of a fleet alone, which is an option.
  config: ['journal', 'http', 'protocol', 'outbox'],
  outbox: ['journal', 'http', 'protocol'],
  inspection: ['protocol'],
  features: ['config', 'protocol'],
  scope: ['inspection', 'features', 'outbox', 'config', 'journal', 'http', 'protocol'],
  segmentation: ['config', 'protocol'],
  decorators: ['inspection', 'scope', 'segmentation', 'config', 'protocol'],
  plan: ['decorators', 'segmentation', 'scope', 'protocol'],
  testing: ['plan', 'decorators', 'segmentation', 'scope', 'http', 'journal', 'config', 'protocol', 'outbox'],
  otel: ['decorators', 'scope', 'features', 'config'],
  typeorm: ['scope'],
  'nestjs-cls': ['scope'],
  compat: ['scope', 'config', 'protocol', 'features', 'journal', 'http'],
  fleet: ['scope', 'features', 'outbox', 'config', 'protocol'],
  redis: ['fleet', 'scope', 'outbox', 'config', 'journal', 'http', 'protocol'],
  openfeature: ['scope', 'config', 'protocol', 'features'],
};

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'nest-and-cli-use-two-lists',
      severity: 'error',
      from: { path: '^(nest|cli)/', pathNot: '^nest/testing/' },
      // The relay is a client with a fleet; an entry that is loaded when it is asked for.
      to: { path: '^lib/', pathNot: '^lib/(index|internal|redis/index)\\.ts$' },
    },
    {
      name: 'nest-testing-uses-lists',
      severity: 'error',
      from: { path: '^nest/testing/' },
      to: { path: '^(lib|nest)/', pathNot: '^(nest/testing/|nest/index\\.ts$|lib/(testing/)?index\\.ts$)' },
    },
    {
      name: 'lib-knows-no-nest-or-rxjs',
      severity: 'error',
      from: { path: '^lib/' },
      to: { path: '(^nest/|@nestjs/|/rxjs/)' },
    },
    {
      name: 'entry-barrels-are-for-outsiders',
      severity: 'error',
      from: { path: '^lib/', pathNot: '(index|internal)\\.ts$' },
      to: { path: ['^lib/(index|internal)\\.ts$', '^lib/[^/]+/index\\.ts$'] },
    },
    {
      name: 'primitives-import-primitives',
      severity: 'error',
      from: { path: '^lib/(errors|linked-list|logger|clock|check|shared)\\.ts$' },
      to: { path: '^lib/', pathNot: '^lib/(errors|logger|clock)\\.ts$' },
    },
    {
      name: 'class-transformer-lives-in-segmentation',
      severity: 'error',
      from: { path: '^(lib|nest)/', pathNot: '^lib/segmentation/' },
      to: { path: 'node_modules/class-transformer' },
    },
    {
      name: 'requests-live-in-http',
      severity: 'error',
      from: { path: '^(lib|nest)/', pathNot: '^lib/(http|testing)/' },
      to: { path: '^(node:)?(http|http2|https)$' },
    },
    {
      name: 'workspaces-use-package-names',
      severity: 'error',
      from: { path: '^(sample-app|inspector)/' },
      // A relative path into the product; what is reached by package name is not local.
      to: { path: '^(lib|nest)/', dependencyTypes: ['local'] },
    },
    {
      name: 'the-inspector-knows-no-page',
      severity: 'error',
      from: { path: '^inspector/src/' },
      to: { path: '^inspector/page/' },
    },
    {
      name: 'sources-know-no-tests',
      severity: 'error',
      from: { path: '^(lib|nest|inspector/src|sample-app/src)/' },
      to: { path: '(^|/)test/' },
    },
    ...Object.entries(LAYERS).map(([folder, allowed]) => ({
      name: `layer-${folder}`,
      severity: 'error',
      from: { path: `^lib/${folder}/` },
      to: { path: '^lib/[^/]+/', pathNot: `^lib/(${[folder, ...allowed].join('|')})/` },
    })),
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
  },
};
