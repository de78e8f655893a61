import {
  type ConfigurableModuleAsyncOptions,
  ConfigurableModuleBuilder,
  type ConfigurableModuleCls,
  type DynamicModule,
  type Provider,
} from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { Countly } from '../lib/index.js';
import { ClientMaker } from './client/client-maker.js';
import { COUNTLY_CLIENT_NAME, COUNTLY_MODULE_OPTIONS, DEFAULT_NAME, getCountlyToken } from './countly.constants.js';
import { CountlyHealthIndicator } from './countly.health.js';
import type { CountlyModuleOptions } from './countly.options.js';
import { CountlyRuntime } from './countly.runtime.js';
import { ShutdownOrderModule } from './shutdown-order.js';

/** What is decided where the module is imported, also for `forRootAsync`. */
export interface CountlyModuleExtras {
  /** Injectable everywhere without importing the module again. @default true */
  isGlobal?: boolean;
  /** Name of the client, when there are several: `@InjectCountly('billing')`. @default the unnamed client */
  name?: string;
}

function withProviders(definition: DynamicModule, extras: CountlyModuleExtras): DynamicModule {
  const name = extras.name ?? DEFAULT_NAME;
  const token = getCountlyToken(name);
  const aliases: Provider[] = name === DEFAULT_NAME ? [{ provide: Countly, useExisting: token }] : [];
  return {
    ...definition,
    global: extras.isGlobal ?? true,
    imports: [...(definition.imports ?? []), ShutdownOrderModule],
    providers: [
      ...(definition.providers ?? []),
      { provide: COUNTLY_CLIENT_NAME, useValue: name },
      {
        provide: ClientMaker,
        useFactory: (options: CountlyModuleOptions, modules: ModulesContainer) =>
          new ClientMaker(options, name, modules),
        inject: [COUNTLY_MODULE_OPTIONS, ModulesContainer],
      },
      // What a test puts in the place of either token is what everything uses.
      {
        provide: token,
        useFactory: (maker: ClientMaker, modules: ModulesContainer) => replacedByClass(name, modules) ?? maker.make(),
        inject: [ClientMaker, ModulesContainer],
      },
      {
        provide: CountlyRuntime,
        useFactory: (maker: ClientMaker, client: unknown) => new CountlyRuntime(maker, client),
        inject: [ClientMaker, token],
      },
      ...aliases,
      CountlyHealthIndicator,
    ],
    exports: [
      ...(definition.exports ?? []),
      token,
      ...(name === DEFAULT_NAME ? [Countly, CountlyHealthIndicator] : []),
    ],
  };
}

/** What `overrideProvider(Countly).useValue(…)` has put in the place of the alias. */
function replacedByClass(name: string, modules: ModulesContainer): unknown {
  if (name !== DEFAULT_NAME) return undefined;
  for (const { providers } of modules.values()) {
    if (providers.get(COUNTLY_CLIENT_NAME)?.instance !== name) continue;
    const alias = providers.get(Countly);
    // An alias has a function to find the other one with; a value has none.
    if (alias !== undefined && alias.metatype === null) return alias.instance ?? undefined;
  }
  return undefined;
}

/** What `forRootAsync` takes. */
export type CountlyModuleAsyncOptions = ConfigurableModuleAsyncOptions<CountlyModuleOptions, 'createCountlyOptions'> &
  Partial<CountlyModuleExtras>;

type ModuleClass = ConfigurableModuleCls<CountlyModuleOptions, 'forRoot', 'createCountlyOptions', CountlyModuleExtras>;

/**
 * The class `CountlyModule` extends; gives it `forRoot` and `forRootAsync`. The type is written out: inferred,
 * the declaration would hold an import with attributes, which TypeScript reads only from 5.3 on.
 */
export const ConfigurableModuleClass: ModuleClass = new ConfigurableModuleBuilder<CountlyModuleOptions>({
  optionsInjectionToken: COUNTLY_MODULE_OPTIONS,
})
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createCountlyOptions')
  .setExtras<CountlyModuleExtras>({ isGlobal: true, name: DEFAULT_NAME }, withProviders)
  .build().ConfigurableModuleClass;
