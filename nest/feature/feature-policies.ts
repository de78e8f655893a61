import type { ModulesContainer } from '@nestjs/core';
import type { ErrorReportOptions } from '../errors/error-policy.js';
import type { RequestContext } from '../identity/request-context.js';
import type { TrafficOptions } from '../traffic/traffic.options.js';
import { featureClasses } from './features.js';

/** What the feature modules of an application say about errors and views, by controller. */
export class FeaturePolicies {
  readonly #errors = new Map<unknown, ErrorReportOptions | false>();
  readonly #views = new Map<unknown, TrafficOptions | false>();

  read(modules: ModulesContainer): void {
    for (const { type, isController, options } of featureClasses(modules)) {
      if (!isController) continue;
      if (options.errors !== undefined) this.#errors.set(type, policyOf(options.errors));
      if (options.views !== undefined) this.#views.set(type, policyOf(options.views));
    }
  }

  /** True when it has to be known which controller answers a request. */
  get asksForController(): boolean {
    return this.#errors.size > 0 || this.#views.size > 0;
  }

  /** `undefined` where the feature says nothing, `false` where it wants none. */
  errorsOf(context: RequestContext | undefined): ErrorReportOptions | false | undefined {
    return this.#errors.size === 0 ? undefined : this.#errors.get(context?.execution?.getClass());
  }

  viewsOf(context: RequestContext): TrafficOptions | false | undefined {
    return this.#views.size === 0 ? undefined : this.#views.get(context.execution?.getClass());
  }
}

function policyOf<Options extends object>(given: boolean | Options): Options | false {
  return given === false ? false : given === true ? ({} as Options) : given;
}
