// The public list, by hand. Nothing else lives here.
export { CARRIER_HEADER, CountlyCarrier, carrierHeaders, countlyCarrier, withCarrier } from './carrier/carrier.js';
export type { CarrierOptions } from './carrier/carrier.options.js';
export { fromCarrier } from './carrier/from-carrier.js';
export { RequireConsent } from './consent.guard.js';
export { getCountlyToken } from './countly.constants.js';
export { CountlyDeviceId, CurrentScope, InjectCountly } from './countly.decorators.js';
export { type CountlyHealth, CountlyHealthIndicator, type CountlyHealthOptions } from './countly.health.js';
export { CountlyModule } from './countly.module.js';
export type { CountlyModuleExtras } from './countly.module-definition.js';
export type { CountlyModuleOptions, CountlyOptionsFactory, VisitorPlace } from './countly.options.js';
export type { ErrorFacts, ErrorReportOptions } from './errors/error-policy.js';
export type { CountlyFeatureOptions } from './feature/feature.options.js';
export type { AnonymousOptions } from './identity/anonymous.js';
export type { ConsentAnswer, ConsentResolver } from './identity/consent.js';
export { type CountlyWebOptions, type CountlyWebResolver, fromCountlyWeb } from './identity/countly-web.js';
export type { RequestContext, RequestLike } from './identity/request-context.js';
export {
  afterGuards,
  type DeviceIdAnswer,
  type DeviceIdResolver,
  fromCookie,
  fromHeader,
  fromUser,
} from './identity/resolvers.js';
export type { ClassSelector, InstrumentRule } from './instrument/instrument.options.js';
export { NoInstrument } from './instrument/no-instrument.js';
export type { ModuleTraceOptions, OutgoingRequest, OutgoingTraceOptions } from './outgoing/outgoing.options.js';
export { RemoteConfig } from './remote-config/remote-config.decorator.js';
export { RequireRemoteConfig } from './remote-config/remote-config.guard.js';
export type { RemoteConfigOptions } from './remote-config/remote-value.js';
export type { VisitorSessionOptions } from './sessions/sessions.options.js';
export type { TrafficOptions } from './traffic/traffic.options.js';
