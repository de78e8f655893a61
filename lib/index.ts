// The public list, by hand: what users write in their code, and the types that names. Nothing else lives here.

export type { Limits } from './config/limits.js';
export type {
  BeforeSend,
  CountlyOptions,
  DeadLetterOptions,
  DeliveryMode,
  Durability,
  LocationOptions,
  OutgoingEntry,
  RemoteConfigCallback,
} from './config/options.js';
export { Breadcrumb } from './decorators/breadcrumb.js';
export type { Call } from './decorators/call.js';
export { ChangeDeviceId, type ChangeDeviceIdOptions } from './decorators/change-device-id.js';
export { type ConsentNames, GiveConsent, WithdrawConsent } from './decorators/consent.js';
export { Conversion, type ConversionOptions } from './decorators/conversion.js';
export { layersOf } from './decorators/error-trail.js';
export { Feedback, type FeedbackAnswers, type FeedbackOptions } from './decorators/feedback.js';
export { type ClassWeaver, Instrument, type InstrumentOptions } from './decorators/instrument.js';
export type {
  CommonOptions,
  EventDecoratorOptions,
  FromCall,
  Moment,
  ObservableLike,
  Outcome,
  SegmentationClass,
  SegmentedOptions,
} from './decorators/options.js';
export {
  type CustomAdvice,
  type InstrumentPlan,
  instrument,
  type SeveralWeavables,
  type Weavable,
  weave,
} from './decorators/plain.js';
export { UserData, UserDetails } from './decorators/profile.js';
export { ReportErrors, type ReportErrorsOptions } from './decorators/report-errors.js';
export { BeginSession, type BeginSessionOptions, EndSession } from './decorators/sessions.js';
export { EndEvent, type EndEventOptions, StartEvent, type StartEventOptions } from './decorators/start-event.js';
export { Trace, type TraceOptions } from './decorators/trace.js';
export { TimedEvent, TrackEvent } from './decorators/track-event.js';
export { TrackView, type TrackViewOptions } from './decorators/track-view.js';
export type { WeaveKind } from './decorators/weave/advice.js';
export type { CallMessage } from './decorators/weave/call-channel.js';
export type { AnyWeaver, MethodWeaver, TypedWeaver } from './decorators/weave/method-decorator.js';
export { type WeaveRecord, type WovenMethod, wovenMethods } from './decorators/weave/woven.js';
export { WithDevice, type WithDeviceOptions } from './decorators/with-device.js';
export {
  type ConfigProblem,
  CountlyConfigError,
  CountlyDecoratorError,
  CountlyError,
  type CountlyErrorCode,
  isCountlyError,
} from './errors.js';
export type { Fetched } from './features/feature.js';
export type { FeedbackWidget } from './features/feedback.js';
export type { RemoteConfigQuery, RemoteConfigValues } from './features/remote-config.js';
export type { ServerSettings } from './features/server-settings.js';
export type { QueryResult, Transport, WireRequest } from './http/transport.js';
export type { Recovered, Room, Storage, StorageListener, StorageStats } from './journal/storage.js';
export { consoleLogger, type Logger, silentLogger } from './logger.js';
export type { DeliveryMessage } from './outbox/delivery-messages.js';
export type { Fleet, FleetStatus, FleetView, LaneStatus, PodStatus } from './outbox/fleet.js';
export type { FlushOptions, FlushResult } from './outbox/flush.js';
export { type DropReason, type LedgerState, prometheusText } from './outbox/ledger.js';
export {
  type At,
  type CallArguments,
  type CatalogueOptions,
  type CatalogueSource,
  type ComputedIn,
  type Definition,
  type EventDecoratorArguments,
  type FixedIn,
  type FromParameter,
  fromParameter,
  type GivenTo,
  type KeyOf,
  type KnownKey,
  type LeftOutOf,
  type MappedBy,
  type MetricsOf,
  type NoSegments,
  type SegmentShape,
  type SegmentSource,
  type SegmentSpec,
  type SegmentsOf,
  type SegmentType,
  type TraceDecoratorArguments,
  type TraceDefinition,
  type TraceSource,
  type ViewDecoratorArguments,
} from './plan/catalogue-types.js';
export { type CataloguedEvent, defineEvents, type EventCatalogue } from './plan/define-events.js';
export { type CataloguedTrace, defineTraces, type TraceCatalogue } from './plan/define-traces.js';
export { defineViews, type ViewCatalogue } from './plan/define-views.js';
export type { InputOf, StandardSchema } from './plan/standard-schema.js';
export type { Delivery, HoldReason } from './protocol/answer.js';
export type { Encoding } from './protocol/encode.js';
export {
  CONSENT_FEATURES,
  type ConsentFeature,
  type Entry,
  type EntryDraft,
  type EntryFeature,
  type EntryKind,
  type SealedPath,
  type SealedRequest,
} from './protocol/entry.js';
export { type ClientStats, Countly } from './scope/countly.js';
export { type ConsentName, DeviceScope } from './scope/device-scope.js';
export type {
  CrashOptions,
  DeviceLocationOptions,
  DeviceTrace,
  EventOptions,
  NetworkTrace,
  NetworkTraceOptions,
  NpsFeedback,
  OpenView,
  RatingFeedback,
  RunningEvent,
  RunningTrace,
  ScopeApi,
  ScopeInit,
  Segmentation,
  SegmentValue,
  SessionOptions,
  SurveyFeedback,
  TraceReport,
  ViewOptions,
} from './scope/scope-api.js';
export type { AbTests } from './scope/scope-members.js';
export type { Hold } from './scope/transaction.js';
export { type ClassTransformer, mapRemoteConfig, useClassTransformer } from './segmentation/class-transformer.js';
export { Segment, type SegmentDecorator } from './segmentation/segment.js';
export { toSegmentation } from './segmentation/to-segmentation.js';
