import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where a function stands, counted from 1; of compiled code where its source map says. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

type AnyFunction = (...args: never[]) => unknown;

interface RawPlace {
  readonly url: string;
  readonly line: number;
  readonly column: number;
}

/** A larger script or map is none that a person reads. */
const MOST_BYTES = 20_000_000;
const SLOT = Symbol.for('countly-weave.places');

/** What V8 knows of functions; `undefined` where it, or another engine, does not say. */
export function functionPlaces(functions: readonly AnyFunction[]): (Place | undefined)[] {
  if (functions.length === 0) return [];
  try {
    const sourceMaps = new Map<string, SourceMapOf | undefined>();
    return rawPlaces(functions).map((raw) => (raw === undefined ? undefined : placeOf(raw, sourceMaps)));
  } catch {
    return functions.map(() => undefined);
  }
}

/** Asks V8 within the process; no port is opened. */
function rawPlaces(functions: readonly AnyFunction[]): (RawPlace | undefined)[] {
  const { Session } = process.getBuiltinModule('node:inspector');
  const session = new Session();
  const slot = globalThis as { [SLOT]?: readonly AnyFunction[] };
  const urls = new Map<string, string>();
  session.connect();
  try {
    session.on('Debugger.scriptParsed', ({ params }) => urls.set(params.scriptId, params.url));
    session.post('Debugger.enable');
    slot[SLOT] = functions;
    return functions.map((_, index) => {
      const expression = `globalThis[Symbol.for('countly-weave.places')][${index}]`;
      const found = ask<{ result: { objectId?: string } }>((told) =>
        session.post('Runtime.evaluate', { expression, silent: true }, told),
      );
      const objectId = found?.result.objectId;
      if (objectId === undefined) return undefined;
      const properties = ask<Properties>((told) =>
        session.post('Runtime.getProperties', { objectId, ownProperties: true }, told),
      );
      session.post('Runtime.releaseObject', { objectId });
      const at = properties?.internalProperties?.find(({ name }) => name === '[[FunctionLocation]]')?.value?.value;
      const url = at === undefined ? undefined : urls.get(at.scriptId);
      return at === undefined || !url ? undefined : { url, line: at.lineNumber, column: at.columnNumber };
    });
  } finally {
    delete slot[SLOT];
    session.post('Debugger.disable');
    session.disconnect();
  }
}

interface Properties {
  readonly internalProperties?: readonly {
    readonly name: string;
    readonly value?: { readonly value?: { scriptId: string; lineNumber: number; columnNumber: number } };
  }[];
}

/** A session within the process answers before `post` returns. */
function ask<Answer>(post: (told: (error: Error | null, answer?: object) => void) => void): Answer | undefined {
  let given: Answer | undefined;
  post((error, answer) => {
    if (error === null) given = answer as Answer;
  });
  return given;
}

interface SourceMapOf {
  find(line: number, column: number): Place | undefined;
}

function placeOf({ url, line, column }: RawPlace, sourceMaps: Map<string, SourceMapOf | undefined>): Place {
  const file = url.startsWith('file:') ? fileURLToPath(url) : url;
  if (!sourceMaps.has(file)) sourceMaps.set(file, sourceMapOf(file));
  return sourceMaps.get(file)?.find(line, column) ?? { file, line: line + 1, column: column + 1 };
}

function sourceMapOf(file: string): SourceMapOf | undefined {
  try {
    if (statSync(file).size > MOST_BYTES) return undefined;
    const code = readFileSync(file, 'utf8');
    const found = [...code.matchAll(/^\/\/[#@] sourceMappingURL=(\S+)\s*$/gm)].at(-1)?.[1];
    if (found === undefined) return undefined;
    const inline = /^data:application\/json[^,]*;base64,(.*)$/.exec(found)?.[1];
    const place = resolve(dirname(file), inline === undefined ? decodeURIComponent(found) : file);
    const text = inline === undefined ? readFileSync(place, 'utf8') : Buffer.from(inline, 'base64').toString('utf8');
    const { SourceMap } = process.getBuiltinModule('node:module');
    const map = new SourceMap(JSON.parse(text) as ConstructorParameters<typeof SourceMap>[0]);
    return { find: (line, column) => originalOf(map.findEntry(line, column), dirname(place)) };
  } catch {
    return undefined;
  }
}

function originalOf(entry: object, folder: string): Place | undefined {
  const { originalSource, originalLine, originalColumn } = entry as {
    originalSource?: string;
    originalLine?: number;
    originalColumn?: number;
  };
  if (originalSource === undefined || originalLine === undefined) return undefined;
  const file = originalSource.startsWith('file:') ? fileURLToPath(originalSource) : resolve(folder, originalSource);
  return { file, line: originalLine + 1, column: (originalColumn ?? 0) + 1 };
}
