// Makes dist/, what a user installs, of what tsc left in build/.
//
// CommonJS is what Node loads, by `require` and `import` alike, so that a process has one copy of the state. The ES modules
// beside it stand under the condition `module`, which only bundlers know.
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { Visitor } from 'rolldown/utils';
import { dts } from 'rolldown-plugin-dts';

/** A line for each entry of `exports` in package.json: its name in dist/ and the module that lists what it offers. */
const ENTRIES = {
  index: 'lib/index',
  nest: 'nest/index',
  'nest-testing': 'nest/testing/index',
  testing: 'lib/testing/index',
  compat: 'lib/compat/index',
  otel: 'lib/otel/index',
  typeorm: 'lib/typeorm/index',
  'nestjs-cls': 'lib/nestjs-cls/index',
  openfeature: 'lib/openfeature/index',
  redis: 'lib/redis/index',
};

/** What is started and never imported: the bins of package.json. */
const BINS = { cli: 'cli/main' };

/** Third-party code that becomes part of dist/; everything else is Node's or the user's own. */
const BUNDLED = ['valibot'];

const BUILD = fileURLToPath(new URL('../build', import.meta.url));
const DIST = fileURLToPath(new URL('../dist', import.meta.url));
const EXTERNAL = new RegExp(`^(?![./\\0]|(${BUNDLED.join('|')})(/|$))`);

/** Folders of entries hold what no other entry needs; the rest of lib/ is shared by all, once. */
const ROOMS = Object.values(ENTRIES)
  .map((module) => `${join(BUILD, dirname(module))}/`)
  .filter((folder) => folder !== `${BUILD}/lib/`);
/** Loaded only by a client that an inspector answered (all of it but what waits for one), or that has a fleet. */
const isLater = (id) =>
  (id.startsWith(`${BUILD}/lib/inspection/`) && !/(contract|watch)\.js$/.test(id)) ||
  id.startsWith(`${BUILD}/lib/fleet/`);
const isShared = (id) => id.startsWith(`${BUILD}/lib/`) && !isLater(id) && !ROOMS.some((room) => id.startsWith(room));
const isInOneFile = (id) => isShared(id) || id.startsWith(`${BUILD}/lib/inspection/`);

rmSync(DIST, { recursive: true, force: true });
await bundle(
  '.js',
  { ...inputsOf({ ...ENTRIES, ...BINS }, '.js'), external: EXTERNAL, plugins: [otherEntries('.js'), licences()] },
  { format: 'cjs', esModule: true, strict: true, exports: 'named', footer: moduleIsDefault },
);
// npx runs it where it lies, also after it was built anew.
for (const name of Object.keys(BINS)) chmodSync(join(DIST, `${name}.js`), 0o755);
await bundle(
  '.mjs',
  { ...inputsOf(ENTRIES, '.js'), external: EXTERNAL, plugins: [otherEntries('.mjs'), importsForRequires()] },
  // Read by bundlers alone, so without what a person needs; names of classes stay.
  {
    minify: {
      compress: true,
      mangle: { keepNames: { function: false, class: true } },
      codegen: { removeWhitespace: true },
    },
  },
);
await bundle('.d.ts', {
  ...inputsOf(ENTRIES, '.d.ts'),
  external: EXTERNAL,
  plugins: [otherEntries('.js'), dts({ dtsInput: true, tsconfig: false }), declaredAsModule(), nodeTypes()],
});
rmSync(BUILD, { recursive: true });

function inputsOf(entries, modules) {
  return {
    input: Object.fromEntries(Object.entries(entries).map(([name, module]) => [name, join(BUILD, module + modules)])),
  };
}

async function bundle(extension, input, output) {
  const build = await rolldown({
    cwd: BUILD,
    platform: 'node',
    onwarn: ({ code, message }) => {
      throw new Error(`${code}: ${message}`);
    },
    ...input,
  });
  await build.write({
    dir: DIST,
    entryFileNames: `[name]${extension}`,
    chunkFileNames: `[name]${extension}`,
    codeSplitting: { groups: [{ name: 'core', test: extension === '.mjs' ? isInOneFile : isShared }] },
    generatedCode: { symbols: false },
    minifyInternalExports: false,
    // What is documented stands in the declarations.
    comments: { legal: true, annotation: true, jsdoc: extension === '.d.ts' },
    ...output,
  });
}

/** An entry that uses another one takes it from there, whole; what belongs to no entry alone is in `core`. */
function otherEntries(extension) {
  const names = new Map(Object.entries(ENTRIES).map(([name, module]) => [join(BUILD, module), name]));
  names.delete(join(BUILD, ENTRIES.index));
  return {
    name: 'other-entries',
    resolveId(source, importer) {
      if (importer === undefined || !source.startsWith('.')) return undefined;
      const name = names.get(join(dirname(importer), source).replace(/\.js$/, ''));
      return name === undefined ? undefined : { id: `./${name}${extension}`, external: true };
    },
  };
}

/** A default export becomes the CommonJS module itself: the official package, which compat stands for, is one object. */
function moduleIsDefault({ isEntry, exports }) {
  return isEntry && exports.includes('default') ? 'module.exports = exports.default;' : '';
}

/** The same in the declarations, where TypeScript writes it `export =`, and the types go into a namespace of that name. */
function declaredAsModule() {
  return {
    name: 'declared-as-module',
    generateBundle(_, chunks) {
      for (const chunk of Object.values(chunks)) {
        const { body } = this.parse(chunk.code, { lang: 'dts' });
        const lists = body.filter(({ type }) => type === 'ExportNamedDeclaration');
        const names = lists.flatMap(({ specifiers }) => specifiers);
        const main = names.find(({ exported }) => exported.name === 'default')?.local.name;
        if (main === undefined) continue;
        const classes = body.filter(({ type }) => type === 'ClassDeclaration').map(({ id }) => id.name);
        const types = names
          .filter(({ exportKind, local }) => exportKind === 'type' || classes.includes(local.name))
          .map(({ local }) => local.name);
        chunk.code = [
          chunk.code.slice(0, lists[0].start),
          // By a second name, as within the namespace the first one would mean itself.
          ...types.map((name) => `type ${name}_ = ${name};\n`),
          `declare namespace ${main} {\n`,
          ...types.map((name) => `  export type ${name} = ${name}_;\n`),
          `}\nexport = ${main};\n`,
        ].join('');
      }
    },
  };
}

/** TypeScript 6 and newer takes no types but those that are asked for, and ours speak of Node's. */
function nodeTypes() {
  return {
    name: 'node-types',
    generateBundle(_, chunks) {
      for (const chunk of Object.values(chunks)) chunk.code = `/// <reference types="node" />\n${chunk.code}`;
    },
  };
}

/**
 * A `require` or `import()` of ours waits until something is needed; a bundler has to see it at once, finds only imports, and
 * could not put what is loaded later into one file.
 */
function importsForRequires() {
  return {
    name: 'imports-for-requires',
    transform(code, id) {
      if (!id.startsWith(BUILD)) return;
      const calls = [];
      new Visitor({
        CallExpression(node) {
          if (node.callee.type === 'Identifier' && node.callee.name === 'require')
            calls.push({ node, source: node.arguments[0] });
        },
        ImportExpression(node) {
          calls.push({ node, source: node.source });
        },
      }).visit(this.parse(code));
      const imports = [];
      let result = code;
      // From the end, so that what stands before keeps its place.
      for (const { node, source } of calls.sort((a, b) => b.node.start - a.node.start)) {
        const { start, end } = node;
        const name = `required${imports.length}`;
        imports.push(`import * as ${name} from ${JSON.stringify(source.value)};\n`);
        result = `${result.slice(0, start)}${name}${result.slice(end)}`;
      }
      return `${imports.join('')}${result}`;
    },
  };
}

/** The licence of every package that has become part of the bundle, in one file beside it. */
function licences() {
  return {
    name: 'licences',
    generateBundle(_, chunks) {
      const modules = Object.values(chunks).flatMap((chunk) => Object.keys(chunk.modules ?? {}));
      const packages = new Set(modules.filter((id) => id.includes('/node_modules/')).map(packageOf));
      if (packages.size === 0) return;
      const source = [...packages].sort().map(licenceOf).join('\n\n');
      this.emitFile({ type: 'asset', fileName: 'THIRD-PARTY-LICENSES.txt', source });
    },
  };
}

function packageOf(id) {
  let folder = dirname(id);
  // A package.json without a name only says what kind of modules a folder holds.
  while (manifestOf(folder)?.name === undefined) folder = dirname(folder);
  return folder;
}

function licenceOf(folder) {
  const { name, version, license } = manifestOf(folder);
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  if (file === undefined) throw new Error(`${name} has no licence file`);
  return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
}

function manifestOf(folder) {
  const file = join(folder, 'package.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}
