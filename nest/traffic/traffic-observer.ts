import { shownError } from '../../lib/internal.js';
import type { FeaturePolicies } from '../feature/feature-policies.js';
import { answerAtOnce } from '../identity/answer-at-once.js';
import type { HttpUnit, RequestObserver } from '../scope/http-scope.js';
import type { ModuleWarnings } from '../warnings.js';
import { isPage, watchViews } from './page.js';
import { methodOf, NO_ROUTE, routeTemplate } from './route.js';
import type { TrafficOptions } from './traffic.options.js';

/**
 * Reports every answered request as a network trace: method and route template, or what a GraphQL request asked for; time,
 * status and body sizes.
 */
export function traceObserver(options: TrafficOptions, warnings: ModuleWarnings): RequestObserver {
  return (unit) => {
    if (leftOut(options)) return;
    const start = performance.now();
    // The resolvers read the headers a moment ago, and what was read just now is quick to read again (`bearerOf`).
    const requestPayloadSize = bytes(unit.context.header('content-length'));
    whenAnswered(unit, warnings, () => {
      const { context, scope } = unit;
      const { statusCode } = context.response;
      const name = context.operation ?? `${methodOf(context)} ${routeTemplate(context) ?? NO_ROUTE}`;
      if (answerAtOnce(options.filter?.(name, statusCode)) === false) return;
      scope.reportTrace({
        type: 'network',
        name,
        responseTimeMs: performance.now() - start,
        responseCode: Number(statusCode) || 0,
        requestPayloadSize,
        responsePayloadSize: bytes(context.responseHeader('content-length')),
      });
    });
  };
}

/**
 * Reports a view, named by route template, for every page that was answered well and has none yet.
 *
 * @param options - undefined where only feature modules want views
 */
export function viewObserver(
  options: TrafficOptions | undefined,
  policies: FeaturePolicies,
  warnings: ModuleWarnings,
): RequestObserver {
  return (unit) => {
    if ((options === undefined && !policies.asksForController) || methodOf(unit.context) !== 'GET') return;
    watchViews(unit);
    whenAnswered(unit, warnings, () => {
      const wanted = policies.viewsOf(unit.context) ?? options;
      if (unit.viewed || wanted === undefined || wanted === false || leftOut(wanted)) return;
      const { context, scope } = unit;
      const name = routeTemplate(context);
      if (name === undefined || !isPage(context)) return;
      if (answerAtOnce(wanted.filter?.(`GET ${name}`, context.response.statusCode)) !== false) scope.trackView(name);
    });
  };
}

function whenAnswered({ context }: HttpUnit, warnings: ModuleWarnings, report: () => void): void {
  context.whenAnswered(() => {
    try {
      report();
    } catch (error) {
      warnings.once('traffic', `Reporting a request failed: ${shownError(error)}`);
    }
  }, true);
}

function leftOut({ sample }: TrafficOptions): boolean {
  return sample !== undefined && Math.random() >= sample;
}

function bytes(header: unknown): number {
  const size = Number(header);
  return Number.isFinite(size) && size > 0 ? size : 0;
}
