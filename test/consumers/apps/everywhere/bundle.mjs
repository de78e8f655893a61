// Bundles app.ts as its users would: ES modules for Node, the package bundled in, no banner. Nest stays outside: it loads
// parts of itself that may be missing.
import commonjs from '@rollup/plugin-commonjs';
import resolve from '@rollup/plugin-node-resolve';
import esbuild from 'esbuild';
import { rollup } from 'rollup';
import webpack from 'webpack';

const OUTSIDE = /^@nestjs\//;
// rollup and webpack need a compiler; esbuild is one.
const COMPILED = 'compiled.mjs';

async function withEsbuild() {
  const { warnings } = await esbuild.build({
    entryPoints: ['app.ts'],
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['@nestjs/*'],
    outfile: 'esbuild.mjs',
  });
  return warnings.map(({ location, text }) => `${location?.file}: ${text}`);
}

async function withRollup() {
  const warnings = [];
  const build = await rollup({
    input: COMPILED,
    external: OUTSIDE,
    plugins: [resolve(), commonjs()],
    onwarn: ({ loc, message }) => warnings.push(`${loc?.file}: ${message}`),
  });
  await build.write({ file: 'rollup.mjs', format: 'es' });
  return warnings;
}

async function withWebpack() {
  const compiler = webpack({
    mode: 'production',
    target: 'node20',
    entry: `./${COMPILED}`,
    externals: OUTSIDE,
    externalsType: 'module-import',
    experiments: { outputModule: true },
    output: { path: process.cwd(), filename: 'webpack.mjs', module: true },
  });
  const stats = await new Promise((done, fail) => {
    compiler.run((error, result) => (error ? fail(error) : done(result)));
  });
  const { errors, warnings } = stats.toJson({ all: false, errors: true, warnings: true });
  return [...errors, ...warnings].map(({ moduleName, message }) => `${moduleName}: ${message}`);
}

await esbuild.build({ entryPoints: ['app.ts'], format: 'esm', outfile: COMPILED });
const said = { esbuild: await withEsbuild(), rollup: await withRollup(), webpack: await withWebpack() };
process.stdout.write(`${JSON.stringify(said)}\n`);
