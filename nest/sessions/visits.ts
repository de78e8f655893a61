import type { Countly } from '../../lib/index.js';
import { shownError, VisitorSessions } from '../../lib/internal.js';
import { answerAtOnce } from '../identity/answer-at-once.js';
import type { RequestContext } from '../identity/request-context.js';
import { read } from '../identity/request-values.js';
import type { HttpContext } from '../scope/http-context.js';
import type { UnitOfWork } from '../scope/unit-of-work.js';
import type { ModuleWarnings } from '../warnings.js';
import type { SessionSettings } from './sessions.options.js';
import { isBrowser, isMachine } from './user-agent.js';
import { visitorMetrics } from './visitor-metrics.js';

/** Requests that no person makes: browsers ask these before, or in place of, what somebody wants to see. */
const NO_ACTIVITY = new Set(['OPTIONS', 'HEAD']);

/** Begins a session with a visitor's first request, and goes on with it at each of the others. */
export class Visits {
  readonly #sessions: VisitorSessions;
  readonly #settings: SessionSettings;
  readonly #warnings: ModuleWarnings;
  /** Guards may make known who a visitor is; before them, a request with a user may look like one without. */
  readonly #awaitsGuards: boolean;

  constructor(client: Countly, settings: SessionSettings, awaitsGuards: boolean, warnings: ModuleWarnings) {
    this.#sessions = new VisitorSessions(client, settings.idleTimeout);
    this.#settings = settings;
    this.#awaitsGuards = awaitsGuards;
    this.#warnings = warnings;
  }

  /** An HTTP request has a scope, and nothing of the application has seen it yet. */
  readonly arrived = (unit: UnitOfWork<HttpContext>): void => {
    if (!this.#awaitsGuards) return this.known(unit);
    // What a guard refuses, and what has no route, never comes to where the guards are through.
    unit.context.whenAnswered(() => {
      if (!unit.context.isNewVisitor) this.known(unit);
    }, true);
  };

  /** It is known whose request or message this is. */
  known(unit: UnitOfWork): void {
    if (unit.isVisit !== undefined) return;
    unit.isVisit = this.#isVisit(unit.context);
    if (unit.isVisit) this.#sessions.active(unit.scope, () => this.#metrics(unit.context));
  }

  stop(): void {
    this.#sessions.stop();
  }

  /**
   * Whether somebody is there. Who has no id yet may be anything that never keeps a cookie, and would be a new visitor with
   * every request: then the browser has to look like one. The second request comes with the cookie, whatever sent it.
   */
  #isVisit(context: RequestContext): boolean {
    // Messages of other services are work; what a person does has its own request.
    if (context.type === 'rpc') return false;
    const method = context.type === 'http' ? read(() => context.request['method']) : undefined;
    if (typeof method === 'string' && NO_ACTIVITY.has(method)) return false;
    if (/prefetch|prerender/.test(context.header('sec-purpose') ?? context.header('purpose') ?? '')) return false;
    const agent = context.header('user-agent') ?? '';
    const isNew = (context as { readonly isNewVisitor?: boolean }).isNewVisitor === true;
    if (isNew ? !isBrowser(agent) : isMachine(agent)) return false;
    return this.#asked('filter', () => this.#settings.filter?.(context)) !== false;
  }

  #metrics(context: RequestContext): Readonly<Record<string, string>> {
    return { ...visitorMetrics(context), ...this.#asked('metrics', () => this.#settings.metrics?.(context)) };
  }

  #asked<T>(option: string, ask: () => T): T | undefined {
    try {
      return answerAtOnce(ask());
    } catch (error) {
      this.#warnings.once(
        `sessions.${option}`,
        `sessions.${option} failed and counts as no answer: ${shownError(error)}`,
      );
      return undefined;
    }
  }
}
