import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Applied, catalogueWitness, type KnownCatalogue, shownText, weaveWitness } from '../../lib/internal.js';
import { fail, keepOutput, onEnd } from '../output.js';
import { denyConnections } from './connections.js';
import { type Frame, framesHere } from './frames.js';
import { watchdog } from './watchdog.js';

const HINT = ' Give the module that declares the application, not the one that starts it.';

/** A decorator, and the calls that led to it. */
export interface Decorated extends Applied {
  readonly frames: readonly Frame[];
}

/** A catalogue, and the calls that led to it. */
export interface Catalogued extends KnownCatalogue {
  readonly frames: readonly Frame[];
}

/** What loading an application has shown. */
export interface LoadedApplication {
  readonly decorated: readonly Decorated[];
  readonly catalogues: readonly Catalogued[];
  /** What its modules export. */
  readonly exported: readonly unknown[];
}

/**
 * Loads modules and notes every decorator that is applied meanwhile. Nothing is started: clients are disabled, and a server
 * or a connection cannot be opened.
 *
 * @param timeout - seconds that it may take
 */
export async function loadApplication(files: readonly string[], timeout: number): Promise<LoadedApplication> {
  const paths = files.map((file) => resolve(file));
  const missing = paths.findIndex((path) => !existsSync(path));
  if (missing >= 0)
    throw new Error(`option "--load": expected a compiled module, but there is no file ${files[missing]}`);
  // Source maps are read by Node while modules are loaded, never later.
  process.setSourceMapsEnabled(true);
  process.env['COUNTLY_DISABLED'] = 'true';
  const refused = denyConnections();
  const decorated: Decorated[] = [];
  const catalogues: Catalogued[] = [];
  weaveWitness.applied = (applied) => void decorated.push({ ...applied, frames: framesHere() });
  catalogueWitness.defined = (catalogue) => void catalogues.push({ ...catalogue, frames: framesHere() });
  // What starts beside the loading fails for want of a connection, which is no news.
  process.on('unhandledRejection', () => {});
  process.on('uncaughtException', () => {});
  const here = process.cwd();
  const tooLate = failAfter(timeout);
  keepOutput();
  const exported: unknown[] = [];
  for (const [index, path] of paths.entries()) {
    const named = `countly-weave: ${files[index]} cannot be loaded`;
    const goesOn = onEnd(() => fail(`${named}: it ends the process, or waits for ever.${HINT}`));
    const isDone = watchdog(timeout * 1000, `${shownText(named)}: ${lateBy(timeout)}.\n`);
    try {
      exported.push(await Promise.race([import(pathToFileURL(path).href), tooLate]));
    } catch (error) {
      const reason = reasonOf(error);
      throw new Error(`${files[index]} cannot be loaded: ${reason}.${refused.any ? HINT : ''}`);
    } finally {
      isDone();
      goesOn();
    }
  }
  // The files that are written now are named from where the command was given.
  process.chdir(here);
  const { cache } = createRequire(resolve('any.js'));
  exported.push(...Object.values(cache).map((module): unknown => module?.exports));
  return { decorated, catalogues, exported };
}

/** Only while something else keeps the process: with nothing left to do it ends, which is told at once. */
function failAfter(seconds: number): Promise<never> {
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error(lateBy(seconds))), seconds * 1000).unref();
  });
  late.catch(() => {});
  return late;
}

function lateBy(seconds: number): string {
  return `it is not done after ${seconds} s, which --timeout may prolong`;
}

/** Anything may be thrown. */
function reasonOf(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    return 'it threw what cannot be shown';
  }
}
