import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { buildName } from './nest-majors.mjs';
import { inSlot, run } from './processes.mjs';
import { copyApp } from './workspace.mjs';

/** Compiles the Nest application in a folder below the installation; gives the folder. */
export async function compileNestApp(installation, build) {
  const folder = join(installation, buildName(build));
  await copyApp('nest', folder);
  const type = build.module === 'esm' ? 'module' : 'commonjs';
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type }));
  if (build.compiler === 'swc') await inSlot(() => compileWithSwc(installation, folder, build.module));
  else await run(process.execPath, [tscOf(installation, build.compiler), '-p', build.config], { cwd: folder });
  return folder;
}

/** Path of `tsc` in an installation; `compiler` is the name of its folder, as several versions stand side by side. */
export function tscOf(installation, compiler) {
  return join(installation, 'node_modules', compiler, 'bin', 'tsc');
}

/** With the settings `nest build` uses for SWC. */
async function compileWithSwc(installation, folder, module) {
  const swc = createRequire(join(installation, 'package.json'))('@swc/core');
  const options = {
    swcrc: false,
    sourceMaps: true,
    module: { type: module === 'esm' ? 'es6' : 'commonjs' },
    jsc: {
      target: 'es2021',
      parser: { syntax: 'typescript', decorators: true, dynamicImport: true },
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
      keepClassNames: true,
    },
  };
  await mkdir(join(folder, 'dist'), { recursive: true });
  for (const file of await readdir(join(folder, 'src'))) {
    const { code } = await swc.transformFile(join(folder, 'src', file), options);
    await writeFile(join(folder, 'dist', file.replace(/\.ts$/, '.js')), code);
  }
}
