/** Folder of an entry in the repository, and the name users import it by. */
const importName = (name) => (name === 'lib' ? 'countly-weave' : `countly-weave/${name.replace(/^lib\//, '')}`);

export default {
  entryPoints: [
    '../lib/index.ts',
    '../nest/index.ts',
    '../nest/testing/index.ts',
    '../lib/testing/index.ts',
    '../lib/compat/index.ts',
    '../lib/openfeature/index.ts',
    '../lib/redis/index.ts',
    '../lib/otel/index.ts',
    '../lib/typeorm/index.ts',
    '../lib/nestjs-cls/index.ts',
  ],
  tsconfig: 'tsconfig.json',
  plugin: ['typedoc-plugin-markdown'],
  out: 'pages/api',
  name: 'API reference',
  readme: 'none',
  excludeExternals: true,
  excludePrivate: true,
  excludeInternal: true,
  disableSources: true,
  // The sources are checked by the compiler they are made for; TypeDoc has an older one.
  skipErrorChecking: true,
  logLevel: 'Error',
  outputFileStrategy: 'modules',
  entryFileName: 'entries',
  hideBreadcrumbs: true,
  hidePageHeader: true,
  sanitizeComments: true,
  pageTitleTemplates: { index: 'API reference', module: ({ name }) => importName(name) },
};
