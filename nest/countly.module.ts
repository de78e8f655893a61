import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  Inject,
  type MiddlewareConsumer,
  Module,
  type NestModule,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
  Optional,
} from '@nestjs/common';
import { type ApplicationConfig, HttpAdapterHost, ModuleRef, ModulesContainer } from '@nestjs/core';
import { applicationConfig } from './application-config.js';
import { tellAtBoot } from './boot-warnings.js';
import { DEFAULT_NAME } from './countly.constants.js';
import {
  ConfigurableModuleClass,
  type CountlyModuleAsyncOptions,
  type CountlyModuleExtras,
} from './countly.module-definition.js';
import type { CountlyModuleOptions } from './countly.options.js';
import { CountlyRuntime } from './countly.runtime.js';
import { exceptionObserver } from './errors/exception-observer.filter.js';
import { backgroundHandlers } from './explorer/background-handlers.js';
import { bindFeatures, bindInstances } from './explorer/client-binder.js';
import { handlerKinds } from './explorer/handler-kinds.js';
import { watchUnhandledCommands } from './explorer/unhandled-commands.js';
import { wovenProviders } from './explorer/woven-providers.js';
import type { CountlyFeatureOptions } from './feature/feature.options.js';
import { CountlyFeatureModule, featureClasses, featureModule } from './feature/features.js';
import { checkForRoot, checkForRootAsync, refuseBareClass } from './registration.js';
import { giveOwnScopes } from './scope/background-scopes.js';
import {
  enterFilters,
  enterGuards,
  enterInterceptors,
  enterLaterFilters,
  ScopeGuard,
} from './scope/enhancer-scopes.js';
import { prepareGateway } from './scope/gateway-scopes.js';
import { hasMiddleware } from './scope/has-middleware.js';
import { installHttp } from './scope/install-http.js';
import { enhanceMessages } from './scope/message-enhancers.js';
import { MessageUnits } from './scope/message-units.js';
import { releaseClasses } from './scope/per-request-handlers.js';
import { ScopeInterceptor } from './scope/scope.interceptor.js';
import { ShutdownOrder, ShutdownOrderModule } from './shutdown-order.js';
import { watchShutdownHooks } from './shutdown-warning.js';

/**
 * All the wiring a Nest application needs: makes the client, enters a scope for every request and message, binds the
 * application's instances to the client, and delivers everything on shutdown.
 *
 * Call `app.enableShutdownHooks()` in `main.ts`, so that a signal delivers what is queued.
 *
 * @example
 * ```ts
 * import { Module } from '@nestjs/common';
 * import { CountlyModule, fromCookie, fromHeader } from 'countly-weave/nest';
 *
 * @Module({
 *   imports: [
 *     CountlyModule.forRoot({
 *       url: 'http://127.0.0.1:6010',
 *       appKey: 'shop',
 *       deviceId: [fromHeader('x-device-id'), fromCookie('visitor')],
 *       anonymous: 'cookie',
 *     }),
 *   ],
 * })
 * export class AppModule {}
 * ```
 */
@Module({})
export class CountlyModule
  extends ConfigurableModuleClass
  implements NestModule, OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  /**
   * The client, and everything this module adds. Without options, `COUNTLY_URL` and `COUNTLY_APP_KEY` of the environment say
   * where to. Give it once, in the root module; once more for each client with a `name` of its own.
   *
   * @throws CountlyConfigError at boot, with every problem of the options
   * @example
   * ```ts
   * import { Module } from '@nestjs/common';
   * import { CountlyModule, fromUser } from 'countly-weave/nest';
   *
   * @Module({
   *   imports: [
   *     CountlyModule.forRoot({
   *       deviceId: fromUser<{ id: string }>((user) => user.id),
   *       anonymous: 'cookie',
   *     }),
   *   ],
   * })
   * export class AppModule {}
   * ```
   */
  static override forRoot(options?: CountlyModuleOptions & Partial<CountlyModuleExtras>): DynamicModule {
    checkForRoot(options ?? {});
    // biome-ignore lint/complexity/noThisInStatic: the builder makes a module of the class that it is called on
    return super.forRoot(options ?? {});
  }

  /**
   * The same with options from elsewhere: `useFactory`, `useClass` or `useExisting`, with `imports` and `inject`. `name` and
   * `isGlobal` stand beside them.
   *
   * @throws CountlyConfigError at once for what is misspelt here, and at boot with every problem of the options
   * @example
   * ```ts
   * import { Module } from '@nestjs/common';
   * import { CountlyModule } from 'countly-weave/nest';
   *
   * @Module({
   *   imports: [
   *     CountlyModule.forRootAsync({
   *       useFactory: async () => ({ url: 'https://countly.example.com', appKey: 'shop', anonymous: 'cookie' }),
   *     }),
   *   ],
   * })
   * export class AppModule {}
   * ```
   */
  static override forRootAsync(options: CountlyModuleAsyncOptions): DynamicModule {
    checkForRootAsync(options);
    // biome-ignore lint/complexity/noThisInStatic: as above
    return super.forRootAsync(options);
  }

  /**
   * Defaults for the decorated methods and the controllers of the module that imports them; needs `forRoot` as well.
   *
   * @throws CountlyConfigError with every problem of the options
   * @example
   * ```ts
   * import { Module } from '@nestjs/common';
   * import { CountlyModule } from 'countly-weave/nest';
   *
   * @Module({
   *   imports: [CountlyModule.forFeature({ keyPrefix: 'orders_', segmentation: { area: 'orders' }, views: true })],
   * })
   * export class OrdersModule {}
   * ```
   */
  static forFeature(options: CountlyFeatureOptions): DynamicModule {
    return featureModule(options);
  }

  readonly #runtime: CountlyRuntime;
  readonly #adapterHost: HttpAdapterHost;
  readonly #modules: ModulesContainer;
  readonly #order: ShutdownOrder;
  readonly #config: ApplicationConfig | undefined;
  #unwatch: () => void = () => {};
  #unwatchCommands: () => void = () => {};
  #guardsMessages = false;

  /** @internal made by Nest; without the first and the last for the bare class */
  constructor(
    @Optional() @Inject(CountlyRuntime) runtime: CountlyRuntime | undefined,
    @Inject(HttpAdapterHost) adapterHost: HttpAdapterHost,
    @Inject(ModulesContainer) modules: ModulesContainer,
    @Inject(ModuleRef) moduleRef: ModuleRef,
    @Optional() @Inject(ShutdownOrder) order: ShutdownOrder | undefined,
  ) {
    super();
    if (runtime === undefined || order === undefined) refuseBareClass();
    this.#order = order;
    order.placeFirst(CountlyModule);
    this.#runtime = runtime;
    this.#adapterHost = adapterHost;
    this.#modules = modules;
    this.#config = applicationConfig(moduleRef);
    // Nest takes hold of handlers, and schedulers of jobs, from here on.
    if (runtime.records)
      runtime.rules.weave(modules, new Set([CountlyModule, CountlyFeatureModule, ShutdownOrderModule]));
    if (runtime.entersScopes) this.#prepareMessages();
  }

  /** Nest calls this once the application's own `app.use` middleware stands, and before any route exists. */
  configure(_consumer: MiddlewareConsumer): void {
    if (!this.#runtime.entersScopes) return;
    const { http, failures, units } = this.#runtime;
    this.#giveOwnScopes();
    installHttp(http, this.#adapterHost.httpAdapter, hasMiddleware(this.#modules, this));
    if (failures !== undefined) this.#config?.addGlobalFilter(exceptionObserver(failures, units));
  }

  /** Called by Nest. */
  onModuleInit(): void {
    const { client, settings, entersScopes, failures, units } = this.#runtime;
    this.#runtime.start();
    if (entersScopes && failures !== undefined) {
      this.#unwatchCommands = watchUnhandledCommands(this.#modules, failures, units);
    }
    // Applications without HTTP have no configure().
    if (entersScopes) this.#giveOwnScopes();
    if (this.#guardsMessages) enterGuards(this.#modules, this.#config);
    if (entersScopes) enterInterceptors(this.#modules, this.#config);
    const recorder = this.#runtime.double ?? (client.enabled ? client : undefined);
    if (recorder !== undefined && settings.name === DEFAULT_NAME) {
      bindInstances(wovenProviders(this.#modules), recorder);
      bindFeatures(featureClasses(this.#modules));
    }
  }

  /** Called by Nest. */
  onApplicationBootstrap(): void {
    const { client, settings } = this.#runtime;
    this.#runtime.booted();
    tellAtBoot(this.#runtime, this.#modules);
    if (client.enabled && settings.shutdownWarning) this.#unwatch = watchShutdownHooks(this.#adapterHost, settings);
  }

  /** A server may take long to let go of its last connections: what is queued by now need not wait for that. */
  beforeApplicationShutdown(): void {
    this.#unwatch();
    // Only sent off: nobody waits here, and nothing of it may outlive the application.
    void this.#runtime.client.flush({ timeout: 0 });
  }

  /** The server takes no more requests; other providers may still have their say. */
  onApplicationShutdown(): Promise<void> {
    return this.#order.reached(() => {
      this.#unwatchCommands();
      releaseClasses(this.#runtime);
      return this.#runtime.close();
    });
  }

  /** Before schedulers and queues take hold of the methods they call. */
  #giveOwnScopes(): void {
    giveOwnScopes(backgroundHandlers(this.#modules), this.#runtime, this.#runtime.failures);
  }

  /** Before gateways and microservices read the global interceptors, which is earlier than any life cycle hook. */
  #prepareMessages(): void {
    const { scopes, http, failures, policies } = this.#runtime;
    const { messages, guarded, ownFilters, gateways } = handlerKinds(this.#modules);
    gateways.forEach(prepareGateway);
    policies.read(this.#modules);
    const units = new MessageUnits(this.#runtime, failures);
    const guard = new ScopeGuard(units);
    const interceptor = new ScopeInterceptor(this.#runtime, http.visitors, failures, units);
    if (guarded) {
      this.#guardsMessages = true;
      this.#config?.addGlobalGuard(guard);
      enhanceMessages(this.#modules, interceptor, guard);
    }
    if (guarded || scopes.asksAgain) {
      enterFilters(this.#modules, this.#config);
      enterLaterFilters(this.#config);
    }
    const needed = messages || scopes.asksAgain || policies.asksForController;
    if (needed || (ownFilters && failures !== undefined)) {
      this.#config?.addGlobalInterceptor(interceptor);
    }
  }
}
