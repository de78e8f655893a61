// The public list of `countly-weave/testing`, by hand.
export type { ContractCase } from './contract-case.js';
export { ManualClock } from './manual-clock.js';
export {
  decodeRequest,
  type LogicalRequest,
  type RecordedEvent,
  type RecordedRequest,
  RecordingTransport,
  type ScriptedDelivery,
  type ScriptedQuery,
} from './recording-transport.js';
export { type StorageUnderTest, storageContract } from './storage-contract.js';
export { createTestClient, type TestClient } from './test-client.js';
export {
  assertTransparent,
  type TransparencyOptions,
  type ViolationOptions,
  violations,
  type Wrapping,
} from './transparency.js';
export { type TransportUnderTest, transportContract } from './transport-contract.js';
