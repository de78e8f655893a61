// The public list of `countly-weave/testing`, by hand.
export { ManualClock } from './manual-clock.js';
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
