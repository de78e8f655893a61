// The public list of `countly-weave/testing`, by hand.

// What the types of matchers name.
export type { PlanEntry, PlannedSegment, PlanRisk, TrackingPlan } from '../plan/tracking-plan.js';
export { assertCountly, type CountlyAssertions } from './assert-countly.js';
export type {
  Expected,
  ExpectedEntry,
  ExpectedError,
  ExpectedEvent,
  ExpectedTrace,
  MatcherResult,
} from './expected.js';
export { ManualClock } from './manual-clock.js';
export {
  type CountlyMatcherFunctions,
  type CountlyMatchers,
  countlyMatchers,
  type ErrorClass,
} from './matchers.js';
export type { RecordedBy } from './recorded-entries.js';
export { type ContractCase, type StorageUnderTest, storageContract } from './storage-contract.js';
export {
  createTestClient,
  decodeRequest,
  type LogicalRequest,
  type RecordedEvent,
  type RecordedRequest,
  RecordingTransport,
  type ScriptedDelivery,
  type ScriptedQuery,
  type TestClient,
} from './test-client.js';
export {
  assertTransparent,
  type TransparencyOptions,
  type ViolationOptions,
  violations,
  type Wrapping,
} from './transparency.js';
export { type TransportUnderTest, transportContract } from './transport-contract.js';
