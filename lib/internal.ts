// What nest/ and cli/ need of the library beside its public list. Not exported by the package, and no public API: anything here may
// change with any release.

export { counted, isList, isObject, member } from './check.js';
export { optionProblems } from './config/resolve.js';
export * as optionRules from './config/schema.js';
export { claimReport, reportSequence } from './decorators/error-trail.js';
export type { Applied } from './decorators/weave/woven.js';
export { membersOf, WEAVE_METADATA, weaveWitness } from './decorators/weave/woven.js';
export { featureOfKey, internalFault, LONGEST_KEY, strippedKey } from './features/events.js';
export { inspected } from './inspection/contract.js';
export { shownError, shownText } from './logger.js';
export type { CatalogueKind, KnownCatalogue } from './plan/catalogue.js';
export { catalogueWitness } from './plan/catalogue.js';
export { classOutline } from './plan/class-outline.js';
export type { Defined } from './plan/definitions.js';
export { schemaOutline } from './plan/standard-schema.js';
export type { PlanEntry, PlannedSegment, PlanRisk, TrackingPlan } from './plan/tracking-plan.js';
export { planGroup, readTrackingPlan } from './plan/tracking-plan.js';
export { TRACKING_PLAN_SCHEMA } from './plan/tracking-plan-schema.js';
export { SDK_VERSION } from './protocol/head.js';
export type { ContextScope, RegisteredClient, ScopeDefaults } from './scope/current.js';
export {
  bindDefaults,
  bindToClient,
  contextScope,
  registerClient,
  registeredClient,
  STANDS_FOR,
  unregisterClient,
} from './scope/current.js';
export { sanitizeDeviceId } from './scope/device-id.js';
export { VisitorSessions } from './scope/visitor-sessions.js';
export { declaredTypes, segmentsOf } from './segmentation/segment.js';
