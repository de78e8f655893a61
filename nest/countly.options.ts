import type { ConsentFeature, CountlyOptions, DeviceLocationOptions } from '../lib/index.js';
import type { CarrierOptions } from './carrier/carrier.options.js';
import type { ErrorReportOptions } from './errors/error-policy.js';
import type { AnonymousOptions } from './identity/anonymous.js';
import type { ConsentResolver } from './identity/consent.js';
import type { RequestContext } from './identity/request-context.js';
import type { DeviceIdResolver } from './identity/resolvers.js';
import type { InstrumentRule } from './instrument/instrument.options.js';
import type { ModuleTraceOptions } from './outgoing/outgoing.options.js';
import type { VisitorSessionOptions } from './sessions/sessions.options.js';
import type { TrafficOptions } from './traffic/traffic.options.js';

/** Where a person is: a country (`DE`), with it a city, or coordinates. */
export type VisitorPlace = Omit<DeviceLocationOptions, 'ip'>;

/**
 * Options of `CountlyModule`: those of the client, and what the module adds. All problems are reported at once, when the
 * application boots.
 */
export interface CountlyModuleOptions extends Omit<CountlyOptions, 'name' | 'deviceId' | 'consent'> {
  /**
   * Who a unit of work belongs to: one resolver or a list, where the first that answers wins. A text is the id of this
   * process as a device, as in `CountlyOptions`; give `processDeviceId` when you need both.
   * @default nobody is known; see `anonymous`
   */
  readonly deviceId?: string | DeviceIdResolver | readonly DeviceIdResolver[] | undefined;
  /** Id of this process as a device. @default the text given as `deviceId`, else as for `CountlyOptions.deviceId` */
  readonly processDeviceId?: string | undefined;
  /**
   * What to do when no resolver answers:
   * - `process`: record under the process's own device;
   * - `cookie`: give the visitor a random id in a cookie (HTTP only; elsewhere as `process`);
   * - `none`: record nothing, and count nothing as dropped.
   * An object is `cookie` with settings.
   * @default 'process'
   */
  readonly anonymous?: 'process' | 'cookie' | 'none' | AnonymousOptions | undefined;
  /** Milliseconds an asynchronous resolver may take before the request goes on without its answer. @default 500 */
  readonly resolverTimeout?: number | undefined;
  /**
   * What the person behind a unit of work agreed to. Implies `requireConsent` unless that is explicitly `false`. A list
   * is what this process's own device agrees to, as in `CountlyOptions`; give `processConsent` when you need both.
   */
  readonly consent?: readonly ConsentFeature[] | ConsentResolver | undefined;
  /** Features this process's own device agrees to from the start. */
  readonly processConsent?: readonly ConsentFeature[] | undefined;
  /**
   * Lets an identity travel: `@CountlyCarrier()` and `countlyCarrier()` give a signed text for jobs, messages and
   * headers; RPC handlers, queue processors and event handlers recognise it, HTTP with the resolver `fromCarrier()`.
   * @default off
   */
  readonly carrier?: CarrierOptions | undefined;
  /**
   * The person's address, from which Countly derives the place; without it everybody seems to live in your data centre.
   * `true` takes what the platform says, honouring the application's `trust proxy`; `false` tells nobody.
   * @default true
   */
  readonly ip?: boolean | ((context: RequestContext) => string | undefined) | undefined;
  /**
   * Where the person is, as far as something in front of the application says, such as the header of a CDN. Told when a session
   * begins; beside `ip`, and before what a server would derive from that.
   * @default nothing but the address
   */
  readonly place?: ((context: RequestContext) => VisitorPlace | undefined) | undefined;
  /** The person's language, such as `de-AT`; `true` takes the first of `Accept-Language`. @default true */
  readonly language?: boolean | ((context: RequestContext) => string | undefined) | undefined;
  /** The person's time zone in minutes east of UTC. @default the client's `timezoneOffset` */
  readonly timezone?: ((context: RequestContext) => number | undefined) | undefined;
  /**
   * Enter a scope for every request and message, so that what is recorded belongs to its device.
   * @default true for the unnamed client, false for named ones: a request has one current scope
   */
  readonly requestScope?: boolean | undefined;
  /**
   * Let `@OnEvent` handlers run in the scope of whoever emitted the event. Without it they get a scope of their own, as
   * cron jobs and queue workers always do; a carrier or `@WithDevice` says whose work it is.
   * @default false
   */
  readonly inheritScope?: boolean | undefined;
  /** Requests that get no scope and whose errors are not reported, such as health checks. Must be synchronous and cheap. */
  readonly ignore?: ((context: RequestContext) => boolean) | undefined;
  /**
   * Report errors nobody expected: by default those answered with status 500 and above, and every error of messages that
   * is not an exception of Nest. `false` reports none.
   * @default true
   */
  readonly errors?: boolean | ErrorReportOptions | undefined;
  /** Report a network trace for every HTTP request, named by method and route template, or by GraphQL operation. @default false */
  readonly networkTraces?: boolean | TrafficOptions | undefined;
  /** Report a view for every page (HTML) that has none of its own, named by route template. @default false */
  readonly views?: boolean | TrafficOptions | undefined;
  /**
   * A session for each visitor: it begins with their first request, with the metrics of their browser, lasts while requests
   * come, and ends as of the last one after half an hour without any. Logging out ends it by `changeId` or `endSession`. Needs
   * visitors (`deviceId`, or `anonymous: 'cookie'`) and, where consent is asked for, theirs to `sessions`.
   * @default false
   */
  readonly sessions?: boolean | VisitorSessionOptions | undefined;
  /** Traces beside those of incoming requests: `{ outgoing: true }` for the requests this process sends. @default none */
  readonly traces?: ModuleTraceOptions | undefined;
  /**
   * Weave methods without a decorator on each: `@Trace` and `@ReportErrors`, and with `events` `@TimedEvent`, on all that a rule
   * takes. What a method's own decorators say goes first; `@NoInstrument()` keeps a class or a method out.
   * @default none
   */
  readonly instrument?: readonly InstrumentRule[] | undefined;
  /** Write at boot how much was woven (with `debug` each method), and what cannot be reached or has no effect. @default true */
  readonly bootReport?: boolean | undefined;
  /** Say when the server listens and no shutdown hook would deliver what is queued at a SIGTERM. @default true */
  readonly shutdownWarning?: boolean | undefined;
}

/** What a class given as `useClass` or `useExisting` must have. */
export interface CountlyOptionsFactory {
  /** Called once, when the application boots. */
  createCountlyOptions(): CountlyModuleOptions | Promise<CountlyModuleOptions>;
}
