// What an application of each Nest major consists of: its packages, and the compilers its own template uses.

const COMMON = {
  'reflect-metadata': '^0.2.2',
  rxjs: '^7.8.1',
  'class-transformer': '^0.5.1',
  '@opentelemetry/api': '^1.9.0',
  // The older of both that are peers; the tests of the library run with the newer one.
  ioredis: '^5.4.0',
};
/** The types of `countly-weave/openfeature` are made of those. */
const OPENFEATURE = { '@openfeature/server-sdk': '^1.16.0', '@openfeature/core': '^1.9.0' };
const SWC = { '@swc/core': '^1.16.22' };

function nest(range) {
  return Object.fromEntries(
    ['common', 'core', 'platform-express', 'platform-fastify'].map((name) => [`@nestjs/${name}`, range]),
  );
}

/**
 * `builds`: how the application is compiled. The first one of each module system carries the whole matrix, the others
 * are booted once, on the newest Node. `compiler` is the folder in node_modules.
 */
export const NEST_MAJORS = {
  10: {
    // The oldest TypeScript that the template of Nest 10 allows: the declarations of the package must not be newer.
    dependencies: {
      ...nest('^10.0.0'),
      ...COMMON,
      ...OPENFEATURE,
      ...SWC,
      typescript: '~5.1.3',
      '@types/node': '~20.19.0',
    },
    builds: [
      { module: 'cjs', compiler: 'typescript', config: 'tsconfig.commonjs.json' },
      { module: 'esm', compiler: 'typescript', config: 'tsconfig.nodenext.json' },
      { module: 'cjs', compiler: 'swc' },
    ],
  },
  11: {
    dependencies: {
      ...nest('^11.0.1'),
      ...COMMON,
      ...OPENFEATURE,
      ...SWC,
      typescript: '^5.7.3',
      '@types/node': '^24.0.0',
    },
    builds: [
      { module: 'cjs', compiler: 'typescript', config: 'tsconfig.nodenext.json' },
      { module: 'esm', compiler: 'typescript', config: 'tsconfig.nodenext.json' },
      { module: 'cjs', compiler: 'swc' },
      { module: 'esm', compiler: 'swc' },
    ],
  },
  12: {
    dependencies: {
      ...nest('^12.0.1'),
      ...COMMON,
      ...OPENFEATURE,
      ...SWC,
      typescript: '^7.0.2',
      'typescript-6': 'npm:typescript@^6.0.2',
      '@types/node': '^24.0.0',
    },
    builds: [
      { module: 'cjs', compiler: 'swc' },
      { module: 'esm', compiler: 'typescript', config: 'tsconfig.nodenext.json' },
      { module: 'cjs', compiler: 'typescript', config: 'tsconfig.nodenext.json' },
      { module: 'cjs', compiler: 'typescript-6', config: 'tsconfig.nodenext.json' },
      { module: 'esm', compiler: 'typescript-6', config: 'tsconfig.nodenext.json' },
      { module: 'esm', compiler: 'swc' },
    ],
  },
};

/** Short name of a build, also the name of its folder. */
export function buildName({ module, compiler }) {
  return `${module}-${compiler}`;
}
