import { type DynamicModule, Inject, Logger, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { CountlyConfigError } from '../../lib/index.js';
import { optionRules } from '../../lib/internal.js';
import { clientNames, DEFAULT_NAME } from '../countly.constants.js';
import { FEATURE_RULE } from '../countly.rules.js';
import type { CountlyFeatureOptions } from './feature.options.js';

const FEATURE = Symbol('countly-weave.nest.feature');
let features = 0;
/** Applications that were told already. */
const warned = new WeakSet<ModulesContainer>();

/** Holds the defaults of the module that imports it. */
@Module({})
export class CountlyFeatureModule implements OnApplicationBootstrap {
  readonly #modules: ModulesContainer;

  /** @internal made by Nest */
  constructor(@Inject(ModulesContainer) modules: ModulesContainer) {
    this.#modules = modules;
  }

  /** Defaults of nothing are silent nothing. */
  onApplicationBootstrap(): void {
    if (clientNames(this.#modules).includes(DEFAULT_NAME) || warned.has(this.#modules)) return;
    warned.add(this.#modules);
    new Logger('Countly').warn(
      'CountlyModule.forFeature() has no effect: no module of this application imports CountlyModule.forRoot() without a name.',
    );
  }
}

/** @throws CountlyConfigError */
export function featureModule(options: CountlyFeatureOptions): DynamicModule {
  const problems = optionRules.problemsIn({ forFeature: options ?? null }, { forFeature: FEATURE_RULE });
  if (problems.length > 0) throw new CountlyConfigError(problems);
  // Numbered, because Nest takes dynamic modules with equal values for one, and functions for equal too easily.
  return { module: CountlyFeatureModule, providers: [{ provide: FEATURE, useValue: { id: features++, options } }] };
}

/** A class of a feature module. */
export interface FeatureClass {
  readonly type: unknown;
  /** The one instance; `undefined` for request-scoped and transient classes, and before anything was made. */
  readonly instance: object | undefined;
  readonly isController: boolean;
  readonly options: CountlyFeatureOptions;
}

/** The controllers and providers of every module that imports defaults. Of several imports the later goes first. */
export function featureClasses(modules: ModulesContainer): FeatureClass[] {
  const found: FeatureClass[] = [];
  for (const module of modules.values()) {
    const options = Object.assign({}, ...[...module.imports].map((imported) => optionsOf(imported.providers)));
    if (Object.keys(options as object).length === 0) continue;
    for (const [isController, wrappers] of [
      [true, module.controllers],
      [false, module.providers],
    ] as const) {
      for (const wrapper of wrappers.values()) {
        const shared = wrapper.isDependencyTreeStatic() && !wrapper.isTransient;
        const instance: unknown = shared ? wrapper.instance : undefined;
        found.push({
          type: wrapper.metatype,
          instance: typeof instance === 'object' && instance !== null ? instance : undefined,
          isController,
          options: options as CountlyFeatureOptions,
        });
      }
    }
  }
  return found;
}

function optionsOf(providers: ReadonlyMap<unknown, { readonly instance?: unknown }>): object {
  const held = providers.get(FEATURE)?.instance as { options?: object } | undefined;
  return held?.options ?? {};
}
