import type { FeaturePolicies } from '../feature/feature-policies.js';
import { describe } from '../identity/deadline.js';
import type { HttpUnit, RequestObserver } from '../scope/http-scope.js';
import type { ModuleWarnings } from '../warnings.js';
import { methodOf, routeTemplate } from './route.js';
import type { TrafficOptions } from './traffic.options.js';

/** Reports every answered request as a network trace: method and route template, time, status and body sizes. */
export function traceObserver(options: TrafficOptions, warnings: ModuleWarnings): RequestObserver {
  return (unit) => {
    if (leftOut(options)) return;
    const start = performance.now();
    // The resolvers read the headers a moment ago, and what was read just now is quick to read again (`bearerOf`).
    const requestPayloadSize = bytes(unit.context.header('content-length'));
    whenAnswered(unit, warnings, () => {
      const { context, scope } = unit;
      const { statusCode } = context.response;
      const name = `${methodOf(context)} ${routeTemplate(context) ?? '(no route)'}`;
      if (options.filter?.(name, statusCode) === false) return;
      scope.reportTrace({
        type: 'network',
        name,
        responseTimeMs: performance.now() - start,
        responseCode: statusCode,
        requestPayloadSize,
        responsePayloadSize: bytes(context.responseHeader('content-length')),
      });
    });
  };
}

/**
 * Reports a view, named by route template, for every GET that was answered well.
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
    whenAnswered(unit, warnings, () => {
      const wanted = policies.viewsOf(unit.context) ?? options;
      if (wanted === undefined || wanted === false || leftOut(wanted)) return;
      const { context, scope } = unit;
      const { statusCode } = context.response;
      const name = routeTemplate(context);
      if (name === undefined || statusCode >= 400 || wanted.filter?.(`GET ${name}`, statusCode) === false) return;
      scope.trackView(name);
    });
  };
}

function whenAnswered(unit: HttpUnit, warnings: ModuleWarnings, report: () => void): void {
  let told = false;
  // Not `once`, whose wrapper looks at the response four times more (`bearerOf`).
  unit.context.response.on('close', () => {
    if (told) return;
    told = true;
    try {
      report();
    } catch (error) {
      warnings.once('traffic', `Reporting a request failed: ${describe(error)}`);
    }
  });
}

function leftOut({ sample }: TrafficOptions): boolean {
  return sample !== undefined && Math.random() >= sample;
}

function bytes(header: unknown): number {
  const size = Number(header);
  return Number.isFinite(size) && size > 0 ? size : 0;
}
