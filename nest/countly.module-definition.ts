import {
  ConfigurableModuleBuilder,
  type ConfigurableModuleCls,
  type DynamicModule,
  type Provider,
} from '@nestjs/common';
import { Countly } from '../lib/index.js';
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
        provide: CountlyRuntime,
        useFactory: (options: CountlyModuleOptions) => new CountlyRuntime(options, name),
        inject: [COUNTLY_MODULE_OPTIONS],
      },
      { provide: token, useFactory: (runtime: CountlyRuntime) => runtime.client, inject: [CountlyRuntime] },
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
