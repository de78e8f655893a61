import { type Segmentation } from '../../lib/index.js';
import { claimReport, contextScope, shownError } from '../../lib/internal.js';
import { answerAtOnce } from '../identity/answer-at-once.js';
import type { HttpContext } from '../scope/http-context.js';
import { leftOut } from '../scope/left-out.js';
import type { ScopeDeps } from '../scope/scope-deps.js';
import type { Failure, UnitOfWork } from '../scope/unit-of-work.js';
import { methodOf, NO_ROUTE, routeTemplate } from '../traffic/route.js';
import type { ErrorReportOptions } from './error-policy.js';
import { isAnswer, statusOf } from './expected.js';
import { withoutAddress } from './without-address.js';

/**
 * Reports errors nobody expected, and never answers: whoever throws and whoever answers is the application. An HTTP
 * error waits for the answer, because only then is known what the application's own filters made of it.
 */
export class FailureObserver {
  readonly #options: ErrorReportOptions;
  readonly #deps: Pick<ScopeDeps, 'client' | 'warnings' | 'policies'>;

  constructor(options: ErrorReportOptions, deps: Pick<ScopeDeps, 'client' | 'warnings' | 'policies'>) {
    this.#options = options;
    this.#deps = deps;
  }

  /** Never throws. The same error may come by several ways. */
  observe(error: unknown, unit: UnitOfWork | undefined, type = unit?.context.type ?? 'http'): void {
    if (unit === undefined && leftOut.isCurrent()) return;
    try {
      if (unit?.context.type === 'http' && type === 'http') this.#wait(error, unit as UnitOfWork<HttpContext>);
      else this.#decide(error, unit, type, statusOf(error), Date.now());
    } catch (problem) {
      this.#deps.warnings.once('errors', `Reporting an error failed: ${shownError(problem)}`);
    }
  }

  #wait(error: unknown, unit: UnitOfWork<HttpContext>): void {
    const waits = unit.failure !== undefined;
    // The first is the cause of the others, unless it was one the application throws on purpose.
    if (unit.failure !== undefined && !this.#isExpected(unit.failure.error, unit)) return;
    const { response } = unit.context;
    unit.failure = { error, at: Date.now(), tooLate: response.headersSent === true };
    if (!waits) unit.context.whenAnswered(() => this.#answered(unit));
  }

  #answered(unit: UnitOfWork<HttpContext>): void {
    const failure = unit.failure as Failure;
    unit.failure = undefined;
    try {
      const status = failure.tooLate ? undefined : unit.context.response.statusCode;
      this.#decide(failure.error, unit, 'http', status ?? statusOf(failure.error), failure.at);
    } catch (problem) {
      this.#deps.warnings.once('errors', `Reporting an error failed: ${shownError(problem)}`);
    }
  }

  #decide(error: unknown, unit: UnitOfWork | undefined, type: string, status: number | undefined, at: number): void {
    if (!this.#isWanted(error, unit, type, status)) return;
    const scope = unit?.scope ?? contextScope() ?? this.#deps.client;
    if (!claimReport(error, { scope, since: unit?.reportsBefore })) return;
    const thrown = unit?.context.type === 'http' ? withoutAddress(error, unit.context as HttpContext) : error;
    scope.logError(thrown, { timestamp: at, segmentation: segmentsOf(unit, type, status) });
  }

  /** A feature module may have a policy of its own. */
  #optionsOf(unit: UnitOfWork | undefined): ErrorReportOptions | false {
    return this.#deps.policies.errorsOf(unit?.context) ?? this.#options;
  }

  #isWanted(error: unknown, unit: UnitOfWork | undefined, type: string, status: number | undefined): boolean {
    const options = this.#optionsOf(unit);
    if (options === false) return false;
    const { report, minStatus = 500 } = options;
    if (report !== undefined) {
      try {
        const facts = { type, status: type === 'http' ? status : undefined, context: unit?.context };
        const answer: unknown = report(error, facts);
        if (answerAtOnce(answer) === answer) return Boolean(answer);
        this.#deps.warnings.once('errors.report', 'The option errors.report gave a promise; it has to answer at once.');
      } catch (problem) {
        this.#deps.warnings.once('errors.report', `The option errors.report failed: ${shownError(problem)}`);
      }
    }
    return status === undefined ? !isAnswer(error) : status >= minStatus;
  }

  #isExpected(error: unknown, unit: UnitOfWork): boolean {
    const status = statusOf(error);
    const options = this.#optionsOf(unit);
    const { minStatus = 500 } = options === false ? {} : options;
    return status !== undefined && status < minStatus;
  }
}

function segmentsOf(unit: UnitOfWork | undefined, type: string, status: number | undefined): Segmentation {
  const execution = unit?.context.execution;
  const handler =
    execution === undefined ? {} : { handler: `${execution.getClass().name}.${execution.getHandler().name}` };
  if (type !== 'http' || unit?.context.type !== 'http') return { type, ...handler };
  const context = unit.context as HttpContext;
  return { method: methodOf(context), route: routeTemplate(context) ?? NO_ROUTE, status: status ?? 0, ...handler };
}
