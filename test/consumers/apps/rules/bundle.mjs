// Bundles main.ts in the ways an application's author may choose. Prints the names of the files.
import esbuild from 'esbuild';
import webpack from 'webpack';

const files = [];

async function withEsbuild(name, options, entry = 'main.ts') {
  const outfile = `esbuild-${name}`;
  await esbuild.build({ entryPoints: [entry], bundle: true, platform: 'node', logLevel: 'error', outfile, ...options });
  files.push(outfile);
}

/** With what webpack resolves by itself for Node, which prefers ES modules. */
async function withWebpack(name, options, entry = 'main.js') {
  const filename = `webpack-${name}`;
  const compiler = webpack({
    mode: 'production',
    target: 'node',
    entry: `./compiled/${entry}`,
    output: { path: process.cwd(), filename },
    ...options,
  });
  const stats = await new Promise((done, fail) => {
    compiler.run((error, result) => (error ? fail(error) : done(result)));
  });
  if (stats.hasErrors()) throw new Error(stats.toString());
  files.push(filename);
}

const library = ({ request }, done) => (/^countly-weave/.test(request) ? done(null, `commonjs ${request}`) : done());

await withEsbuild('all.cjs', { format: 'cjs' });
await withEsbuild('all.mjs', { format: 'esm' });
await withEsbuild('minified.cjs', { format: 'cjs', minify: true });
await withEsbuild('main-fields.cjs', { format: 'cjs', mainFields: ['main'], conditions: ['require'] });
await withEsbuild('no-packages.mjs', { format: 'esm', packages: 'external' });
await withEsbuild('no-class-transformer.cjs', { format: 'cjs', external: ['class-transformer'] });
await withEsbuild('no-library.cjs', { format: 'cjs', external: ['countly-weave'] });
await withEsbuild('no-library-another.cjs', { format: 'cjs', external: ['countly-weave'] }, 'main-with-another.ts');
const sources = ['main.ts', 'main-with-another.ts', 'app.ts', 'order.ts'];
await esbuild.build({ entryPoints: sources, format: 'esm', outdir: 'compiled' });
await withWebpack('default.cjs', {});
await withWebpack('development.cjs', { mode: 'development', devtool: false });
await withWebpack('main-fields.cjs', { resolve: { mainFields: ['main'], conditionNames: ['require', 'node'] } });
await withWebpack('no-class-transformer.cjs', { externals: { 'class-transformer': 'commonjs class-transformer' } });
await withWebpack('no-library.cjs', { externals: [library] });
await withWebpack('no-library-another.cjs', { externals: [library] }, 'main-with-another.js');
process.stdout.write(`${JSON.stringify(files)}\n`);
