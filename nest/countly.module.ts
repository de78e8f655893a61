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
} from '@nestjs/common';
import { type ApplicationConfig, HttpAdapterHost, ModuleRef, ModulesContainer } from '@nestjs/core';
import { applicationConfig } from './application-config.js';
import { DEFAULT_NAME } from './countly.constants.js';
import { ConfigurableModuleClass, type CountlyModuleExtras } from './countly.module-definition.js';
import type { CountlyModuleOptions } from './countly.options.js';
import { CountlyRuntime } from './countly.runtime.js';
import { exceptionObserver } from './errors/exception-observer.filter.js';
import { backgroundHandlers } from './explorer/background-handlers.js';
import { bootReport, unknownClients } from './explorer/boot-report.js';
import { bindFeatures, bindInstances } from './explorer/client-binder.js';
import { handlerKinds } from './explorer/handler-kinds.js';
import { wovenProviders } from './explorer/woven-providers.js';
import type { CountlyFeatureOptions } from './feature/feature.options.js';
import { featureClasses, featureModule } from './feature/features.js';
import { giveOwnScopes } from './scope/background-scopes.js';
import { enterFilters, enterGuards, enterLaterFilters, ScopeGuard } from './scope/enhancer-scopes.js';
import { enhanceGateways } from './scope/gateway-enhancers.js';
import { prepareGateway } from './scope/gateway-scopes.js';
import { hasMiddleware } from './scope/has-middleware.js';
import { installHttp } from './scope/install-http.js';
import { MessageUnits } from './scope/message-units.js';
import { releaseClasses } from './scope/per-request-handlers.js';
import { ScopeInterceptor } from './scope/scope.interceptor.js';
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
 * \@Module({
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
   * The client, and everything this module adds. Without options, all comes from the environment.
   * @throws CountlyConfigError at boot, with every problem of the options
   */
  static override forRoot(options: CountlyModuleOptions & Partial<CountlyModuleExtras>): DynamicModule {
    // biome-ignore lint/complexity/noThisInStatic: the builder makes a module of the class that it is called on
    return super.forRoot(options ?? {});
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
   * \@Module({
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
  readonly #config: ApplicationConfig | undefined;
  #unwatch: () => void = () => {};
  #guardsMessages = false;

  /** @internal made by Nest */
  constructor(
    @Inject(CountlyRuntime) runtime: CountlyRuntime,
    @Inject(HttpAdapterHost) adapterHost: HttpAdapterHost,
    @Inject(ModulesContainer) modules: ModulesContainer,
    @Inject(ModuleRef) moduleRef: ModuleRef,
  ) {
    super();
    this.#runtime = runtime;
    this.#adapterHost = adapterHost;
    this.#modules = modules;
    this.#config = applicationConfig(moduleRef);
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

  onModuleInit(): void {
    const { client, settings, entersScopes } = this.#runtime;
    this.#runtime.start();
    // Applications without HTTP have no configure().
    if (entersScopes) this.#giveOwnScopes();
    if (this.#guardsMessages) enterGuards(this.#modules, this.#config);
    if (client.enabled && settings.name === DEFAULT_NAME) {
      bindInstances(wovenProviders(this.#modules), client);
      bindFeatures(featureClasses(this.#modules));
    }
  }

  onApplicationBootstrap(): void {
    const { client, settings } = this.#runtime;
    if (!client.enabled) return;
    if (settings.bootReport && settings.name === DEFAULT_NAME) this.#report();
    if (settings.shutdownWarning) this.#unwatch = watchShutdownHooks(this.#adapterHost, settings.logger);
  }

  /** A server may take long to let go of its last connections: what is queued by now need not wait for that. */
  beforeApplicationShutdown(): void {
    this.#unwatch();
    void this.#runtime.client.flush();
  }

  /** The last hook there is: the server takes no more requests, and other providers had their say. */
  onApplicationShutdown(): Promise<void> {
    releaseClasses(this.#runtime);
    return this.#runtime.close();
  }

  /** Before schedulers and queues take hold of the methods they call. */
  #giveOwnScopes(): void {
    giveOwnScopes(backgroundHandlers(this.#modules), this.#runtime, this.#runtime.failures);
  }

  #report(): void {
    const { logger } = this.#runtime.settings;
    const { text, problems } = bootReport(wovenProviders(this.#modules));
    if (text !== undefined) logger.log(text);
    const lost = unknownClients(featureClasses(this.#modules));
    for (const problem of [...problems, ...lost]) logger.warn(problem);
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
      enhanceGateways(this.#modules, interceptor, guard);
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
