import type { HttpContext } from '../scope/http-context.js';
import type { HttpUnit } from '../scope/http-scope.js';

const HTML = /^\s*(text\/html|application\/xhtml\+xml)\s*(;|,|$)/i;

/** Whether the answer is a page that somebody looks at: HTML, shown and not saved. Redirects and data are none. */
export function isPage(context: HttpContext): boolean {
  const { statusCode } = context.response;
  // An unchanged page comes from the browser's cache, and says nothing of its type.
  if (statusCode === 304) return /\btext\/html\b/i.test(context.header('accept') ?? '');
  if (!(statusCode >= 200 && statusCode < 300)) return false;
  return (
    HTML.test(String(context.responseHeader('content-type') ?? '')) &&
    !/^\s*attachment\b/i.test(String(context.responseHeader('content-disposition') ?? ''))
  );
}

/** Notices views that are recorded within a request, by `@TrackView` or by hand: the page has its view then. */
export function watchViews(unit: HttpUnit): void {
  const watch = () => {
    const { scope } = unit;
    const { trackView } = scope;
    scope.trackView = (...args) => {
      unit.viewed = true;
      return trackView.apply(scope, args);
    };
  };
  watch();
  unit.entered = watch;
}
