import { read } from '../identity/request-values.js';
import type { HttpContext } from '../scope/http-context.js';
import { recordOf } from '../scope/unknown-record.js';
import { NO_ROUTE, routeTemplate } from '../traffic/route.js';

/** As many as a crash report tells of. */
const MAX_DEPTH = 5;
/** Of a longer address the start is looked for, with all behind it: a long one, repeated in a long text, takes its time. */
const LONGEST = 256;

/**
 * What was thrown, with the route's template wherever it says the request's own address: `Cannot GET /no/such?token=…`
 * would bring to Countly what no report may hold. The thrown value itself stays as it is.
 */
export function withoutAddress(error: unknown, context: HttpContext): unknown {
  return read(() => cleaned(error, cleanerFor(context), 0)) ?? error;
}

type Cleaner = (text: string) => string;

function cleaned(error: unknown, clean: Cleaner, depth: number): unknown {
  if (typeof error === 'string') return clean(error);
  const given = recordOf(error);
  if (given === undefined || depth > MAX_DEPTH) return error;
  const { name, message, stack, cause, errors } = given;
  if (!(error instanceof Error) && typeof message !== 'string') return cleanedValue(error, clean);
  const copy = {
    name,
    message: typeof message === 'string' ? clean(message) : message,
    stack: typeof stack === 'string' ? clean(stack) : stack,
    cause: cause === undefined ? undefined : cleaned(cause, clean, depth + 1),
    errors: Array.isArray(errors) ? errors.slice(0, MAX_DEPTH).map((one) => cleaned(one, clean, depth + 1)) : undefined,
  };
  const isSame =
    copy.message === message && copy.stack === stack && copy.cause === cause && sameItems(copy.errors, errors);
  return isSame ? error : copy;
}

/** An object that is no error is reported as its JSON. */
function cleanedValue(value: unknown, clean: Cleaner): unknown {
  const json = JSON.stringify(value) as string | undefined;
  const text = json === undefined ? undefined : clean(json);
  return text === undefined || text === json ? value : JSON.parse(text);
}

function sameItems(copy: readonly unknown[] | undefined, errors: unknown): boolean {
  return copy === undefined || (Array.isArray(errors) && copy.every((one, i) => one === errors[i]));
}

function cleanerFor(context: HttpContext): Cleaner {
  const template = routeTemplate(context) ?? NO_ROUTE;
  const patterns = addressesOf(context)
    .filter((text) => text.length > 1 && text !== template)
    .sort((a, b) => b.length - a.length)
    .map(patternOf);
  return (text) => patterns.reduce((rest, pattern) => rest.replace(pattern, () => template), text);
}

function patternOf(text: string): RegExp {
  const start = text.slice(0, LONGEST).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  // Not within a longer word or path: `/app` is part of the paths in a stack.
  return new RegExp(text.length > LONGEST ? `${start}[^\\s"]*` : `${start}(?![\\w%~/-]|\\.\\w)`, 'g');
}

/** The ways in which a message may name the request: as it came, without its query, the query alone, and all of it decoded. */
function addressesOf({ request }: HttpContext): string[] {
  const urls = [request['originalUrl'], request['url'], recordOf(request['raw'])?.['url'], request['path']];
  const raw = urls
    .filter((url) => typeof url === 'string')
    .flatMap((url) => {
      const [path = '', ...rest] = url.split('?');
      const query = rest.join('?');
      return [url, path, ...(query.includes('=') ? [`?${query}`, query] : [])];
    });
  return [...new Set(raw.flatMap((text) => [text, read(() => decodeURIComponent(text)) ?? text]))];
}
