// The public list of `countly-weave/testing`, by hand.
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
export { createTestClient, type TestClient } from './test-client.js';
export { type ContractCase, type TransportUnderTest, transportContract } from './transport-contract.js';
